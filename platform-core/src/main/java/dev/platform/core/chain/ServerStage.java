package dev.platform.core.chain;

/**
 * Where an interceptor stands in a server's chain. This is the one place that says so: the first
 * constant is outermost, the last one is next to the handler. Between the two groups come the
 * framework's security and the application's own interceptors.
 */
public enum ServerStage {
  /** Outside all others, to know when the last of them is done with a call. */
  UNFINISHED_CALLS(true),
  /** Outside whatever refuses calls: marks refusals that are passed on from a callee. */
  REJECTION(true),
  /** Outside security and limits: a call that they refuse is observed, too. */
  TELEMETRY(true),

  /** After authentication: strangers learn nothing about deadlines. Before any work. */
  DEADLINE(false),
  /** Marks work for a caller that makes its own retries, before anything here makes calls. */
  UPSTREAM_RETRY(false),
  /** Before the concurrency limit: a refused call takes no place there. */
  RATE_LIMIT(false),
  /** Next to the work that it limits. */
  CONCURRENCY_LIMIT(false),
  /** In the handler's place: limits and telemetry take an injected fault for the handler's. */
  FAULT_INJECTION(false),
  /** Next to the handler: all others see the status that the caller gets. */
  EXCEPTION_MAPPING(false),
  /** Inside exception mapping, so that the end of a drained stream is not mapped. */
  OPEN_CALLS(false);

  private final boolean outer;

  ServerStage(boolean outer) {
    this.outer = outer;
  }

  /** Whether it is outside the framework's security and the application's own interceptors. */
  public boolean isOuter() {
    return outer;
  }
}
