package dev.platform.spring.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether settings are checked as a whole when the application starts.
 *
 * @param onFinding what to do about settings that contradict each other or have no effect
 */
@ConfigurationProperties("platform.configuration-check")
public record ConfigurationCheckProperties(@DefaultValue("warn") OnFinding onFinding) {

  /** What to do about a finding. */
  public enum OnFinding {
    /** No check. */
    IGNORE,
    /** One WARN per finding. */
    WARN,
    /** The application does not start. */
    FAIL
  }
}
