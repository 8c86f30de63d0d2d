package dev.platform.spring.config;

import dev.platform.core.InvalidPropertyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Explains an {@link InvalidPropertyException}, before Boot's own analyzers see its wrapping. */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException>
    implements Ordered {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Set %s to what is expected: %s.".formatted(cause.property(), cause.expected()),
        rootFailure);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
