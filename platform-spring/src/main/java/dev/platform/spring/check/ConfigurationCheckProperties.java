package dev.platform.spring.check;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether settings are looked at together when the application starts.
 *
 * @param onFinding what to do about those that contradict each other or do nothing
 */
@ConfigurationProperties("platform.configuration-check")
public record ConfigurationCheckProperties(@DefaultValue("warn") OnFinding onFinding) {

  /** What to do about a finding. */
  public enum OnFinding {
    /** Nothing; nobody looks. */
    IGNORE,
    /** One WARN for each. */
    WARN,
    /** The application does not start. */
    FAIL
  }
}
