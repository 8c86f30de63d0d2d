package dev.platform.spring.line;

/** The class path has a starter that does not support its version of Spring Boot. */
final class WrongStarterException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String action;

  /**
   * @param problem what is on the class path
   * @param action what to change, as a sentence
   */
  WrongStarterException(String problem, String action) {
    super(problem + ". " + action);
    this.problem = problem;
    this.action = action;
  }

  String problem() {
    return problem;
  }

  String action() {
    return action;
  }
}
