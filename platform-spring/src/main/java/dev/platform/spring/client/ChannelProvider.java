package dev.platform.spring.client;

import io.grpc.Channel;

/** The channels of a line's gRPC framework. Thread-safe. */
@FunctionalInterface
public interface ChannelProvider {

  /**
   * The channel of a client, with the framework's settings and interceptors. The framework closes
   * it.
   *
   * @param target the name of the service or client
   */
  Channel channel(String target);
}
