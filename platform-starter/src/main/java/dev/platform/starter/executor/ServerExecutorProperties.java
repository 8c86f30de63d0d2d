package dev.platform.starter.executor;

import static dev.platform.starter.defaults.InvalidPropertyException.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The threads of the gRPC server.
 *
 * @param enabled whether the platform brings them; else gRPC's own pool without a bound is used, or
 *     what a {@code GrpcServerConfigurer} of the application sets
 * @param maxThreads how many handlers run at once; further calls wait. Means nothing with {@code
 *     spring.threads.virtual.enabled}
 */
@ConfigurationProperties("platform.grpc.server-executor")
public record ServerExecutorProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("200") int maxThreads) {

  private static final int MOST = 10_000;

  public ServerExecutorProperties {
    check(
        maxThreads >= 1 && maxThreads <= MOST,
        "platform.grpc.server-executor.max-threads",
        maxThreads,
        "a whole number from 1 to " + MOST);
  }
}
