package dev.platform.core.outcome;

/**
 * The cause of an UNAVAILABLE for a service of which no instance can be called: its name was
 * resolved to nothing. Circuit breakers do not count it, since the service was not asked. It is
 * never thrown, and has no stack trace.
 */
public final class NoInstanceException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * @param why what is known of the service's instances
   */
  public NoInstanceException(String why) {
    super(why, null, false, false);
  }
}
