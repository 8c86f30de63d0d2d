package dev.platform.spring.server;

import static dev.platform.core.InvalidPropertyException.check;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Requests to this process's gRPC services.
 *
 * @param timeout how long a caller may take to send its request, the next message of its stream, or
 *     the first one in bidirectional streaming; 0s for no limit
 */
@ConfigurationProperties("platform.grpc.request")
public record RequestProperties(@DefaultValue("30s") Duration timeout) {

  public RequestProperties {
    check(
        timeout.isZero() || timeout.toMillis() >= 100,
        "platform.grpc.request.timeout",
        timeout.toMillis() + "ms",
        "0s, or >= 100ms");
  }
}
