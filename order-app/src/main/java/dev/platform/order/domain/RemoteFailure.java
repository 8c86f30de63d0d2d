package dev.platform.order.domain;

import java.util.Objects;

/** A call to another service failed. */
public final class RemoteFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean timedOut;
  private final boolean asked;

  /**
   * @param asked false when the service was certainly not reached
   */
  public RemoteFailure(String service, boolean timedOut, boolean asked, Throwable cause) {
    super(service + (timedOut ? " did not answer in time" : " is not available"), cause);
    this.timedOut = timedOut;
    this.asked = asked;
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
