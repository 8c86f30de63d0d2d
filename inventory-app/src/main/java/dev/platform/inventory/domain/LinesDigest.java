package dev.platform.inventory.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 of a delivery's lines so far, in their order; all bad lines are equal. */
final class LinesDigest {

  private final MessageDigest digest = sha256();

  void add(String productId, int quantity) {
    byte[] id = productId.getBytes(UTF_8);
    // The length keeps an id from being mistaken for the end of a line.
    digest.update((id.length + ":").getBytes(UTF_8));
    digest.update(id);
    digest.update(("\t" + quantity + "\n").getBytes(UTF_8));
  }

  /** The digest of the lines so far; more may follow. */
  String value() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("a JDK's SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
