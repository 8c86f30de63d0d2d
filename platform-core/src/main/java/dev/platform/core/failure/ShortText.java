package dev.platform.core.failure;

import org.jspecify.annotations.Nullable;

/** Text as gRPC sends it in {@code grpc-message}: UTF-8 in which most bytes take three, as %C3. */
final class ShortText {

  private static final String MARK = " [shortened from %d characters]";

  private ShortText() {}

  /** The bytes that this text takes. */
  static int encodedSize(String text) {
    int size = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      size += encodedSize(text.codePointAt(i));
    }
    return size;
  }

  /** The start of the text, with a mark, in so many bytes; null for null. */
  static @Nullable String of(@Nullable String text, int bytes) {
    if (text == null || encodedSize(text) <= bytes) {
      return text;
    }
    String mark = MARK.formatted(text.length());
    int left = bytes - mark.length();
    int end = 0;
    while (end < text.length()) {
      int next = text.codePointAt(end);
      left -= encodedSize(next);
      if (left < 0) {
        break;
      }
      end += Character.charCount(next);
    }
    return text.substring(0, end) + mark;
  }

  private static int encodedSize(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint < ' ' || codePoint >= '~' || codePoint == '%' ? 3 : 1;
    }
    return codePoint < 0x800 ? 6 : codePoint < 0x10000 ? 9 : 12;
  }
}
