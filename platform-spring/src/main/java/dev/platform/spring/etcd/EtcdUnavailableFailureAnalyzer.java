package dev.platform.spring.etcd;

import dev.platform.core.etcd.EtcdUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why an app with {@code platform.registry.fail-fast} did not start. */
final class EtcdUnavailableFailureAnalyzer
    extends AbstractFailureAnalyzer<EtcdUnavailableException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, EtcdUnavailableException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Start etcd, correct platform.etcd.endpoints, or set platform.registry.fail-fast to false"
            + " to start without etcd and register when it is available.",
        rootFailure);
  }
}
