package dev.platform.spring.telemetry;

import static dev.platform.core.config.InvalidPropertyException.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much is measured.
 *
 * @param maxServices of how many services that are called or watched there are meters
 */
@ConfigurationProperties("platform.telemetry.meters")
public record MeterProperties(@DefaultValue("200") int maxServices) {

  public MeterProperties {
    check(maxServices >= 0, "platform.telemetry.meters.max-services", maxServices, "0 or more");
  }
}
