package dev.platform.order.domain;

import java.util.Objects;

/** A call to another service failed. */
public final class RemoteFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean timedOut;
  private final boolean asked;
  private final FailureScope scope;

  /**
   * @param asked false when the service was certainly not reached
   */
  public RemoteFailure(String service, boolean timedOut, boolean asked, Throwable cause) {
    this(service, timedOut, asked, asked ? FailureScope.UNKNOWN : FailureScope.ALL, cause);
  }

  private RemoteFailure(
      String service, boolean timedOut, boolean asked, FailureScope scope, Throwable cause) {
    super(service + " " + what(timedOut, scope), cause);
    this.timedOut = timedOut;
    this.asked = asked;
    this.scope = scope;
  }

  /**
   * The service answered with a failure.
   *
   * @param scope what the answer says about other requests
   */
  public static RemoteFailure answered(String service, FailureScope scope, Throwable cause) {
    return new RemoteFailure(service, false, true, scope, cause);
  }

  private static String what(boolean timedOut, FailureScope scope) {
    if (timedOut) {
      return "did not answer in time";
    }
    return scope == FailureScope.ONE ? "failed" : "is not available";
  }

  /** What it says about other requests to the service. */
  public FailureScope scope() {
    return scope;
  }

  /** False when the service certainly did nothing; true when it may have done the work. */
  public boolean asked() {
    return asked;
  }

  /** True when the call timed out, false when it failed otherwise. */
  public boolean timedOut() {
    return timedOut;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
