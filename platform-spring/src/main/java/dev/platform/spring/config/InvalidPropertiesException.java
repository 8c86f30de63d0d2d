package dev.platform.spring.config;

import dev.platform.core.InvalidPropertyException;
import java.util.List;
import java.util.stream.Collectors;

/** Several properties have invalid values. The failure analysis lists all of them. */
public final class InvalidPropertiesException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Serializable: a list of strings of the JDK's own. */
  private final List<String> mistakes;

  private InvalidPropertiesException(List<String> mistakes) {
    super(String.join("; ", mistakes));
    this.mistakes = mistakes;
  }

  /**
   * Returns the exception for these mistakes, so that all are reported at once.
   *
   * @param mistakes at least one
   */
  public static IllegalArgumentException of(List<InvalidPropertyException> mistakes) {
    return mistakes.size() == 1
        ? mistakes.get(0)
        : new InvalidPropertiesException(
            mistakes.stream().map(Throwable::getMessage).distinct().collect(Collectors.toList()));
  }

  /** Each mistake as text: property, value and what was expected. */
  public List<String> mistakes() {
    return List.copyOf(mistakes);
  }
}
