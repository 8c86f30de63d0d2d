package dev.platform.spring.failure;

import dev.platform.core.failure.TrailerLimitServerInterceptor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Headers and trailers of answers.
 *
 * @param maxSize the size to which they are shortened, as HTTP/2 counts it, so that callers accept
 *     them; 0B for no limit, otherwise 1KB to 1MB
 */
@ConfigurationProperties("platform.grpc.trailers")
public record TrailerProperties(@DefaultValue("8KB") DataSize maxSize) {

  public TrailerProperties {
    TrailerLimitServerInterceptor.checkLimit(maxSize.toBytes());
  }
}
