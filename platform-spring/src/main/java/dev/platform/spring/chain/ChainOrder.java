package dev.platform.spring.chain;

/**
 * The order of the platform's interceptors among others, on every Spring line. Interceptors of the
 * application without an order come after them, next to the handler or the channel.
 */
public final class ChainOrder {

  /**
   * The inner group of a server's chain: after the framework's security (5000 to 5200 with
   * net.devh, 2 to 3 with Spring gRPC). The outer group is outside everything.
   */
  public static final int SERVER = 5500;

  /** A client's chain: interceptors of the application with a lower order are outside it. */
  public static final int CLIENT = 2500;

  private ChainOrder() {}
}
