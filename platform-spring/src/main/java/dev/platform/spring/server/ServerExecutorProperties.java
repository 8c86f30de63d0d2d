package dev.platform.spring.server;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.concurrent.NonBlockingMethods;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.system.JavaVersion;
import org.springframework.core.env.Environment;

/**
 * The threads of the gRPC server.
 *
 * @param enabled whether the platform provides them; otherwise gRPC's own unbounded pool is used,
 *     or what a {@code GrpcServerConfigurer} of the application sets
 * @param maxThreads how many handlers run concurrently; further calls wait. Not used with {@code
 *     spring.threads.virtual.enabled}
 * @param nonBlocking methods, {@code package.Service/Method}, and services whose handlers never
 *     block, and are quick. They run on the transport's threads, without waiting for another one
 */
@ConfigurationProperties("platform.grpc.server-executor")
public record ServerExecutorProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("200") int maxThreads,
    @DefaultValue List<String> nonBlocking) {

  private static final int MOST = 10_000;

  /** Whether handlers run on virtual threads, whose number is not bounded. */
  public static boolean areVirtual(Environment environment) {
    return environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false)
        && JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE);
  }

  public ServerExecutorProperties {
    check(
        maxThreads >= 1 && maxThreads <= MOST,
        "platform.grpc.server-executor.max-threads",
        maxThreads,
        "a whole number from 1 to " + MOST);
  }

  NonBlockingMethods nonBlockingMethods() {
    return new NonBlockingMethods(nonBlocking, System::nanoTime);
  }
}
