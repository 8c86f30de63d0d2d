package dev.platform.core.chain;

/**
 * The position of an interceptor in the server chain. The order is defined here only: the first
 * constant is outermost, the last one is next to the handler. Between the two groups are the
 * framework's security and the application's own interceptors.
 */
public enum ServerStage {
  /** Outside all others, to know when all of them have finished a call. */
  UNFINISHED_CALLS(true),
  /** Outside whatever adds trailers: they must fit together into what the caller accepts. */
  TRAILER_LIMIT(true),
  /** Outside whatever refuses calls: propagates the refusals of callees. */
  REJECTION(true),
  /** Outside security and limits: calls that they refuse are observed, too. */
  TELEMETRY(true),
  /** Before whatever depends on the caller; refusals are observed. */
  AUTHENTICATION(true),
  /** Next to authentication: a caller that may not call learns nothing else. */
  AUTHORIZATION(true),

  /**
   * After authentication, so that only known callers see its status. Before the limits and any
   * work: nobody works, or counts, for a caller who will be gone.
   */
  DEADLINE(false),
  /**
   * After authentication, which says whose priority is believed; before the limits, which use it.
   */
  PRIORITY(false),
  /** Marks the work for a caller that retries, before anything here makes calls. */
  UPSTREAM_RETRY(false),
  /** Before the concurrency limit: a refused call does not count there. */
  RATE_LIMIT(false),
  /** Next to the work that it limits. */
  CONCURRENCY_LIMIT(false),
  /** In the handler's place: limits and telemetry take an injected fault for the handler's. */
  FAULT_INJECTION(false),
  /** Next to the handler: all others see the status that the caller gets. */
  EXCEPTION_MAPPING(false),
  /** Inside exception mapping, so that the end of a drained stream is not mapped. */
  OPEN_CALLS(false),
  /** In the handler's place: what a framework's security reads of the caller. */
  SECURITY_CONTEXT(false);

  private final boolean outer;

  ServerStage(boolean outer) {
    this.outer = outer;
  }

  /** Whether it is outside the framework's security and the application's own interceptors. */
  public boolean isOuter() {
    return outer;
  }
}
