package dev.platform.spring.check;

import java.util.List;

/**
 * A rule that settings should follow. Rules of one line of Spring Boot are beans of its starter.
 */
@FunctionalInterface
public interface ConfigurationRule {

  /** Settings that break the rule; called once, when all beans exist. */
  List<Finding> findings();
}
