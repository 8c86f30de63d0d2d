package dev.platform.dev.issuer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The keys that tokens are signed with: RS256, which every library accepts without configuration.
 * The newest one signs; the one before it stays published, so that its tokens remain valid.
 * Thread-safe.
 */
final class SigningKeys {

  private static final int PUBLISHED = 2;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final ObjectMapper json = new ObjectMapper();
  private final List<SigningKey> keys = new ArrayList<>(); // the newest first; guarded by this

  SigningKeys() {
    rotate();
  }

  private record SigningKey(String id, KeyPair pair) {}

  /** Signs with a new key from now on. */
  synchronized void rotate() {
    keys.add(0, new SigningKey(UUID.randomUUID().toString(), newPair()));
    if (keys.size() > PUBLISHED) {
      keys.remove(keys.size() - 1);
    }
  }

  /** A token: RFC 7519, in its compact form. */
  String sign(Map<String, Object> claims) {
    SigningKey key;
    synchronized (this) {
      key = keys.get(0);
    }
    String signed =
        encoded(Map.of("alg", "RS256", "typ", "JWT", "kid", key.id())) + "." + encoded(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key.pair().getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK can't sign a token", e);
    }
  }

  /** The public keys: RFC 7517. */
  synchronized Map<String, Object> published() {
    return Map.of("keys", keys.stream().map(SigningKeys::published).toList());
  }

  private static Map<String, String> published(SigningKey key) {
    RSAPublicKey rsa = (RSAPublicKey) key.pair().getPublic();
    return Map.of(
        "kty",
        "RSA",
        "use",
        "sig",
        "alg",
        "RS256",
        "kid",
        key.id(),
        "n",
        encoded(rsa.getModulus()),
        "e",
        encoded(rsa.getPublicExponent()));
  }

  private static String encoded(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
  }

  private String encoded(Map<String, ?> value) {
    try {
      return BASE64.encodeToString(json.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK can't create keys", e);
    }
  }
}
