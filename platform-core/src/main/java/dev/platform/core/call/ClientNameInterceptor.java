package dev.platform.core.call;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Gives the calls of a channel the name of its client, for a channel to a fixed address: its
 * circuit breaker would be named by the address. Must be outside of the platform's client chain.
 * Thread-safe, never blocks.
 */
public final class ClientNameInterceptor implements ClientInterceptor {

  private static final CallOptions.Key<String> NAME =
      CallOptions.Key.createWithDefault("dev.platform.client-name", "");

  private final String name;

  public ClientNameInterceptor(String name) {
    this.name = name;
  }

  /** The name of the client that makes a call with these options; else the channel's authority. */
  public static String of(CallOptions options, Channel channel) {
    String name = options.getOption(NAME);
    return name.isEmpty() ? String.valueOf(channel.authority()) : name;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withOption(NAME, name));
  }
}
