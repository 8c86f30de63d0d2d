package dev.platform.spring.line;

/** The class path has a starter that does not support its version of Spring Boot. */
final class WrongStarterException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * @param action what to change, as a sentence
   */
  WrongStarterException(String message, String action) {
    super(message + ". " + action);
    this.action = action;
  }

  String action() {
    return action;
  }
}
