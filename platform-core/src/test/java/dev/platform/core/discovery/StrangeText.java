package dev.platform.core.discovery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Inputs that nobody would write on purpose, made of good ones: cut, repeated, overwritten, with
 * characters of all kinds. The same seed makes the same inputs.
 */
final class StrangeText {

  private static final List<String> PIECES =
      List.of(
          "",
          "\0",
          "\n",
          "\r\n",
          "\u001b[31m",
          "\u202e",
          "\ufeff",
          "\ud800",
          "😀",
          "é",
          "%",
          "%1",
          "[",
          "]",
          "[::1]",
          "fe80::1%eth0",
          "[fe80::1%evil]:1",
          "0.0.0.0",
          "256.256.256.256",
          "localhost",
          "-",
          "_",
          ".",
          "..",
          "../",
          "/",
          "//",
          "\\",
          "\"",
          "'",
          "{",
          "}",
          "{}",
          "[]",
          "{\"Op\":1}",
          "null",
          "true",
          "NaN",
          "1e999",
          "-0",
          ":0",
          ":65536",
          ":-1",
          ":00080",
          ":99999999999999999999",
          "\"Addr\":",
          "\"Metadata\":null",
          "\"Metadata\":[[[[",
          "\"Metadata\":{\"a\":{\"b\":null}}",
          "\"weight\":\"1e9\"",
          "\"status\":7",
          "\\ud800");

  private final Random random;

  StrangeText(long seed) {
    this.random = new Random(seed);
  }

  /** A variation of one of these. */
  String next(List<String> good) {
    String text = good.get(random.nextInt(good.size()));
    for (int changes = random.nextInt(6); changes >= 0; changes--) {
      text = change().apply(text);
    }
    return text;
  }

  /** The same as bytes, sometimes not UTF-8. */
  byte[] nextBytes(List<String> good) {
    byte[] bytes = next(good).getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private UnaryOperator<String> change() {
    return switch (random.nextInt(8)) {
      case 0 -> text -> text.substring(0, position(text));
      case 1 -> text -> text.substring(position(text));
      case 2 -> text -> text.substring(0, position(text)) + (char) random.nextInt(0x10000);
      case 3 -> text -> text + text.substring(position(text));
      case 4 -> this::longer;
      default ->
          text -> {
            int at = position(text);
            int behind = Math.min(text.length(), at + random.nextInt(4));
            return text.substring(0, at) + piece() + text.substring(behind);
          };
    };
  }

  private String longer(String text) {
    String part = piece();
    return random.nextInt(200) == 0
        ? text + part.repeat(20_000)
        : text + part.repeat(random.nextInt(20));
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private int position(String text) {
    return random.nextInt(text.length() + 1);
  }
}
