package dev.platform.order.domain;

/** Another service gave no usable answer: whether it did what it was asked is not known. */
public final class RemoteFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean timedOut;

  public RemoteFailure(String service, boolean timedOut, Throwable cause) {
    super(service + (timedOut ? " did not answer in time" : " is not available"), cause);
    this.timedOut = timedOut;
  }

  /** True when no answer came in time, false when the call failed otherwise. */
  public boolean timedOut() {
    return timedOut;
  }
}
