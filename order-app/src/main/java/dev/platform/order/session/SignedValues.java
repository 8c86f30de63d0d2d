package dev.platform.order.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Texts that clients keep and can't change: signed with HMAC-SHA256, each for one purpose and until
 * some time. They can be read by whoever has them. Thread-safe, never blocks.
 */
final class SignedValues {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAX_LENGTH = 4096;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final List<SecretKeySpec> keys = new ArrayList<>();
  private final Clock clock;

  /**
   * @param key what new values are signed with; random if null
   * @param previousKeys keys of values that are accepted, too
   */
  SignedValues(@Nullable String key, List<String> previousKeys, Clock clock) {
    keys.add(key == null ? random() : named(key));
    previousKeys.forEach(previous -> keys.add(named(previous)));
    this.clock = clock;
  }

  private static SecretKeySpec named(String key) {
    return new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  private static SecretKeySpec random() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return new SecretKeySpec(key, ALGORITHM);
  }

  /** The text for this purpose, signed; safe in a cookie. */
  String sign(String purpose, String text, Instant until) {
    byte[] content = (until.getEpochSecond() + " " + text).getBytes(StandardCharsets.UTF_8);
    return ENCODER.encodeToString(content)
        + "."
        + ENCODER.encodeToString(signature(keys.get(0), purpose, content));
  }

  /** The text, if it was signed here for this purpose and its time has not come. */
  Optional<String> read(String purpose, String signed) {
    int dot = signed.indexOf('.');
    if (dot < 0 || signed.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    byte[] content;
    byte[] signature;
    try {
      content = DECODER.decode(signed.substring(0, dot));
      signature = DECODER.decode(signed.substring(dot + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    boolean valid = false;
    for (SecretKeySpec key : keys) {
      valid |= MessageDigest.isEqual(signature(key, purpose, content), signature);
    }
    return valid ? unexpired(new String(content, StandardCharsets.UTF_8)) : Optional.empty();
  }

  private Optional<String> unexpired(String content) {
    int space = content.indexOf(' ');
    Instant until = Instant.ofEpochSecond(Long.parseLong(content.substring(0, space)));
    return clock.instant().isBefore(until)
        ? Optional.of(content.substring(space + 1))
        : Optional.empty();
  }

  private static byte[] signature(SecretKeySpec key, String purpose, byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(purpose.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
