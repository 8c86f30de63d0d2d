package dev.platform.payment.domain;

/** The bank gave no answer, so the outcome is not known yet; the same call again returns it. */
public final class BankFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean timedOut;

  /**
   * @param timedOut true when the call timed out, false when the bank was unavailable
   */
  public BankFailure(boolean timedOut, Throwable cause) {
    super(
        "the outcome of the payment is not known yet: the bank "
            + (timedOut ? "did not answer in time" : "is not available"),
        cause);
    this.timedOut = timedOut;
  }

  public boolean timedOut() {
    return timedOut;
  }
}
