package dev.platform.spring.telemetry;

import static dev.platform.core.InvalidPropertyException.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds of meters.
 *
 * @param maxServices the number of called or watched services that have meters
 */
@ConfigurationProperties("platform.telemetry.meters")
public record MeterProperties(@DefaultValue("200") int maxServices) {

  public MeterProperties {
    check(maxServices >= 0, "platform.telemetry.meters.max-services", maxServices, "0 or more");
  }
}
