package dev.platform.core.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code x-forwarded-client-cert} of Envoy: elements separated by commas, one for each
 * proxy, the nearest one last; an element has pairs separated by semicolons; values may be quoted.
 * Never throws for what a header contains.
 */
final class ForwardedCertificate {

  private static final int MOST_CHARACTERS = 16 * 1024;
  private static final int MOST_URIS = 16;

  private ForwardedCertificate() {}

  /**
   * The URIs in the certificate of the nearest proxy's client. Null if the header can't be read, or
   * has none.
   */
  static @Nullable List<String> uris(String header) {
    if (header.length() > MOST_CHARACTERS) {
      return null;
    }
    List<String> uris = new ArrayList<>();
    boolean quoted = false;
    StringBuilder pair = new StringBuilder();
    for (int at = 0; at < header.length(); at++) {
      char character = header.charAt(at);
      if (quoted && character == '\\' && at + 1 < header.length()) {
        at++;
        pair.append(header.charAt(at));
      } else if (character == '"') {
        quoted = !quoted;
      } else if (!quoted && (character == ';' || character == ',')) {
        if (!end(pair, uris)) {
          return null;
        }
        if (character == ',') {
          uris.clear();
        }
      } else {
        pair.append(character);
      }
    }
    return quoted || !end(pair, uris) || uris.isEmpty() ? null : uris;
  }

  /** Whether there are not too many URIs. */
  private static boolean end(StringBuilder pair, List<String> uris) {
    String text = pair.toString().strip();
    pair.setLength(0);
    int equals = text.indexOf('=');
    if (equals > 0 && text.substring(0, equals).strip().toLowerCase(Locale.ROOT).equals("uri")) {
      uris.add(text.substring(equals + 1).strip());
    }
    return uris.size() <= MOST_URIS;
  }
}
