package dev.platform.dev.issuer;

import java.util.Arrays;
import java.util.List;

/**
 * Whom a token is for.
 *
 * @param subject the user's or the client's name
 * @param roles in the claim {@code roles}
 */
record Identity(String subject, List<String> roles) {

  private static final int MAX_SUBJECT = 128;

  Identity {
    if (subject.isBlank() || subject.length() > MAX_SUBJECT) {
      throw new IllegalArgumentException(
          "subject must have 1 to %d characters".formatted(MAX_SUBJECT));
    }
    roles = List.copyOf(roles);
  }

  /**
   * @param roles separated by spaces or commas; may be empty
   */
  static Identity of(String subject, String roles) {
    return new Identity(
        subject.strip(),
        Arrays.stream(roles.split("[\\s,]+")).filter(role -> !role.isEmpty()).toList());
  }
}
