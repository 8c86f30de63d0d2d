package dev.platform.core.transport;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A process's certificate with its key, and the authorities that it trusts, for servers and
 * clients. Taken from the factories once; immutable.
 */
public final class TransportCertificates {

  /** Key types of the JDK, the ones with short handshakes first. */
  private static final List<String> KEY_TYPES = List.of("EC", "EdDSA", "RSA", "RSASSA-PSS");

  private static final Map<String, String> SIGNATURES =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

  private final String name;
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final X509TrustManager trust;
  private final @Nullable List<String> protocols;
  private final @Nullable List<String> ciphers;

  private TransportCertificates(
      String name,
      List<X509Certificate> chain,
      PrivateKey key,
      X509TrustManager trust,
      @Nullable List<String> protocols,
      @Nullable List<String> ciphers) {
    this.name = name;
    this.chain = chain;
    this.key = key;
    this.trust = trust;
    this.protocols = protocols;
    this.ciphers = ciphers;
  }

  /**
   * Those of initialized factories.
   *
   * @param name their name in logs and errors, such as {@code SSL bundle mesh}
   * @param keys the process's own certificate; where there are several, the first one with an
   *     elliptic curve key is used
   * @param trust the trusted authorities; those of the JVM are no choice, since they vouch for the
   *     whole Internet
   * @throws IllegalArgumentException if there is no certificate with its key, or no authority
   */
  public static TransportCertificates of(
      String name, KeyManagerFactory keys, TrustManagerFactory trust) {
    X509ExtendedKeyManager keyManager =
        first(name, keys.getKeyManagers(), X509ExtendedKeyManager.class);
    X509TrustManager trustManager = first(name, trust.getTrustManagers(), X509TrustManager.class);
    if (trustManager.getAcceptedIssuers().length == 0) {
      throw new IllegalArgumentException(name + " has no trusted authorities");
    }
    for (String type : KEY_TYPES) {
      String alias = keyManager.chooseEngineServerAlias(type, null, null);
      PrivateKey key = alias == null ? null : keyManager.getPrivateKey(alias);
      X509Certificate[] chain = alias == null ? null : keyManager.getCertificateChain(alias);
      if (key != null && chain != null && chain.length > 0) {
        checkMatch(name, chain[0].getPublicKey(), key);
        return new TransportCertificates(name, List.of(chain), key, trustManager, null, null);
      }
    }
    throw new IllegalArgumentException(name + " has no certificate with its private key");
  }

  private static <T> T first(String name, Object[] managers, Class<T> type) {
    return Arrays.stream(managers)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("%s has no %s".formatted(name, type.getSimpleName())));
  }

  /** Otherwise each handshake would fail. Keys of other types are left to the handshake. */
  private static void checkMatch(String name, PublicKey certified, PrivateKey key) {
    String algorithm = SIGNATURES.get(certified.getAlgorithm());
    if (algorithm == null) {
      return;
    }
    byte[] text = {1};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(name + " has a key that can't be used", e);
    }
    throw new IllegalArgumentException(name + " has a certificate and a key that don't match");
  }

  /**
   * The same with the TLS versions and cipher suites to enable.
   *
   * @param enabledProtocols null for TLS 1.3 and 1.2
   * @param enabledCiphers null for those of HTTP/2
   */
  public TransportCertificates with(
      @Nullable List<String> enabledProtocols, @Nullable List<String> enabledCiphers) {
    return new TransportCertificates(name, chain, key, trust, enabledProtocols, enabledCiphers);
  }

  /** Their name in logs. */
  public String name() {
    return name;
  }

  /** The process's own certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  List<X509Certificate> chain() {
    return chain;
  }

  PrivateKey key() {
    return key;
  }

  X509TrustManager trust() {
    return trust;
  }

  List<String> protocols() {
    return protocols == null ? List.of("TLSv1.3", "TLSv1.2") : protocols;
  }

  @Nullable List<String> ciphers() {
    return ciphers;
  }

  @Override
  public String toString() {
    return name;
  }
}
