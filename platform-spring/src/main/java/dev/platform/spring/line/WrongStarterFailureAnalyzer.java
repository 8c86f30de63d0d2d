package dev.platform.spring.line;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a {@link WrongStarterException}. */
final class WrongStarterFailureAnalyzer extends AbstractFailureAnalyzer<WrongStarterException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, WrongStarterException cause) {
    return new FailureAnalysis(cause.problem() + ".", cause.action(), rootFailure);
  }
}
