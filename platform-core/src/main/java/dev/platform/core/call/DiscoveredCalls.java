package dev.platform.core.call;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.regex.Pattern;

/**
 * Marks the calls of a channel whose servers are found by discovery: only these are known to be
 * services of the fleet, which a user's token may be sent to. Must be outside of the platform's
 * client chain. Thread-safe, never blocks.
 */
public final class DiscoveredCalls implements ClientInterceptor {

  private static final CallOptions.Key<Boolean> DISCOVERED =
      CallOptions.Key.createWithDefault("dev.platform.discovered", false);

  private static final Pattern TARGET = Pattern.compile("(?:discovery|etcd):(?://[^/]*)?/[^/]+");

  /** Whether a call with these options goes to a service that is found by discovery. */
  public static boolean areThese(CallOptions options) {
    return options.getOption(DISCOVERED);
  }

  /** Whether a channel to this target finds its servers by discovery. */
  public static boolean isDiscovered(String target) {
    return TARGET.matcher(target).matches();
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withOption(DISCOVERED, true));
  }
}
