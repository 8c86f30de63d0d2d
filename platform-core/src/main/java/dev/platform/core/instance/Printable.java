package dev.platform.core.instance;

import org.jspecify.annotations.Nullable;

/**
 * Text of others for a log line or an error message: quoted, on one line, with what can't be seen
 * as escapes, and shortened.
 */
public final class Printable {

  private static final int MAX_LENGTH = 100;

  private Printable() {}

  /** The text in quotes; at most 100 of its characters, and how many there are if it has more. */
  public static String of(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder printable = new StringBuilder("\"");
    int end = Math.min(text.length(), MAX_LENGTH);
    for (int at = 0; at < end; ) {
      int character = text.codePointAt(at);
      append(printable, character);
      at += Character.charCount(character);
    }
    printable.append('"');
    if (end < text.length()) {
      printable.append("… (").append(text.length()).append(" characters)");
    }
    return printable.toString();
  }

  private static void append(StringBuilder printable, int character) {
    if (character == '"' || character == '\\') {
      printable.append('\\').append((char) character);
    } else if (isVisible(character)) {
      printable.appendCodePoint(character);
    } else {
      printable.append(String.format("\\u%04x", character));
    }
  }

  /** Not: control and format characters, which may reverse a line, and what has no meaning. */
  private static boolean isVisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
