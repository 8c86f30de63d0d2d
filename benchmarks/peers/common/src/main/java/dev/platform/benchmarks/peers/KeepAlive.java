package dev.platform.benchmarks.peers;

/** Pings of silent connections, for the peers that have none by default, in seconds. */
public final class KeepAlive {

  /** The shortest time that grpc-java's clients have. */
  public static final int TIME = 10;

  public static final int TIMEOUT = 3;

  private KeepAlive() {}
}
