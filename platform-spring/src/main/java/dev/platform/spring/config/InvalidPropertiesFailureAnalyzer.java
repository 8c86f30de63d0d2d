package dev.platform.spring.config;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Lists all mistakes of an {@link InvalidPropertiesException}. */
final class InvalidPropertiesFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidPropertiesException> implements Ordered {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertiesException cause) {
    return new FailureAnalysis(
        "%d properties are invalid:%n%n    %s"
            .formatted(
                cause.mistakes().size(), String.join("%n    ".formatted(), cause.mistakes())),
        "Set each of them to what is expected.",
        rootFailure);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
