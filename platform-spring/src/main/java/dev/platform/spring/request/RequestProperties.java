package dev.platform.spring.request;

import static dev.platform.core.config.InvalidPropertyException.check;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is asked of callers of this process's gRPC services.
 *
 * @param timeout how long a caller may take to send its request, the next message of its stream, or
 *     the first one where both sides stream; 0s for as long as it likes
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
