package dev.platform.starter.retry;

import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import java.util.List;
import java.util.Map;

/**
 * Chooses for each call between a service config with retries and one without, and has the callee
 * told how often the call is made. gRPC has no option of a call for that; this is the seam that its
 * xDS client uses, the only one there is.
 */
final class AttemptsSelector extends InternalConfigSelector {

  private final RetryProperties retry;
  private final Result once;
  private final Result retried;

  AttemptsSelector(RetryProperties retry, ServiceConfigParser parser) {
    this.retry = retry;
    this.once = Result.newBuilder().setConfig(parse(parser, Map.of())).build();
    this.retried =
        Result.newBuilder()
            .setConfig(parse(parser, forAll("retryPolicy", retry.policy())))
            .setInterceptor(new RetriedCalls(retry.maxAttempts()))
            .build();
  }

  @Override
  public Result selectConfig(PickSubchannelArgs call) {
    return !RetriedAbove.isSo() && retry.isRetried(call.getMethodDescriptor()) ? retried : once;
  }

  /** All methods: which of them it is for is decided here. */
  private static Map<String, ?> forAll(String name, Map<String, ?> policy) {
    return Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), name, policy)));
  }

  private static Object parse(ServiceConfigParser parser, Map<String, ?> config) {
    ConfigOrError parsed = parser.parseServiceConfig(config);
    if (parsed.getConfig() == null) {
      throw new IllegalStateException(config + " is no service config: " + parsed.getError());
    }
    return parsed.getConfig();
  }
}
