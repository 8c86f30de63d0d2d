package dev.platform.order.edge;

/** A client's text, made safe to repeat in an answer. */
final class Text {

  private static final int MAX_LENGTH = 60;

  private Text() {}

  /** At most a line, without control characters. */
  static String shortened(String text) {
    String start = text.substring(0, Math.min(text.length(), MAX_LENGTH));
    String plain = start.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return text.length() > MAX_LENGTH ? plain + "..." : plain;
  }
}
