package dev.platform.starter.test.tls;

import static dev.platform.starter.test.tls.Der.objectId;
import static dev.platform.starter.test.tls.Der.sequence;
import static dev.platform.starter.test.tls.Der.tagged;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * A certificate authority for tests and development. Its key is in this JVM's memory, unless its
 * user keeps it elsewhere. Thread-safe, never blocks.
 */
public final class TestAuthority {

  private static final byte[] ECDSA_WITH_SHA256 = sequence(objectId(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] COMMON_NAME = objectId(2, 5, 4, 3);
  private static final byte[] BASIC_CONSTRAINTS = objectId(2, 5, 29, 19);
  private static final byte[] ALTERNATIVE_NAMES = objectId(2, 5, 29, 17);
  private static final byte[] LOOPBACK_V6 = new byte[16];

  static {
    LOOPBACK_V6[15] = 1;
  }

  private final X509Certificate certificate;
  private final PrivateKey key;

  private TestAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** A new one; two of the same name don't trust each other's certificates. */
  public static TestAuthority create(String name) {
    Instant now = Instant.now();
    return create(name, now.minus(Duration.ofDays(30)), now.plus(Duration.ofDays(30)));
  }

  /**
   * A new one that is valid for this time.
   *
   * @param name the common name
   * @param from start of validity
   * @param until end of validity; may be in the past
   */
  public static TestAuthority create(String name, Instant from, Instant until) {
    KeyPair keys = newKeys();
    byte[] extensions =
        sequence(sequence(BASIC_CONSTRAINTS, Der.yes(), Der.octets(sequence(Der.yes()))));
    X509Certificate certificate =
        sign(
            body(encodedName(name), encodedName(name), from, until, keys.getPublic(), extensions),
            keys.getPrivate());
    return new TestAuthority(certificate, keys.getPrivate());
  }

  /**
   * The one that has this certificate and key, such as read from files.
   *
   * @param key the key of the certificate: an elliptic curve's
   */
  public static TestAuthority of(X509Certificate certificate, PrivateKey key) {
    return new TestAuthority(certificate, key);
  }

  /** The authority's certificate, for trust stores. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The same as text, for files and properties. */
  public String certificatePem() {
    return TestCertificate.pem(certificate);
  }

  /** The authority's own key in PKCS#8, unencrypted: whoever has it can issue certificates. */
  public String privateKeyPem() {
    return new TestCertificate(certificate, key).privateKeyPem();
  }

  /** A certificate for servers and clients on this machine, valid from yesterday to tomorrow. */
  public TestCertificate issue(String commonName) {
    Instant now = Instant.now();
    return issue(commonName, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
  }

  /**
   * A certificate for servers and clients at {@code localhost}, {@code 127.0.0.1} and {@code ::1},
   * and for the common name if it can be a host's.
   *
   * @param commonName the common name; etcd takes it as the user's name if so configured, and a
   *     channel to a discovered service expects the service's name
   * @param from start of validity
   * @param until end of validity; may be in the past
   */
  public TestCertificate issue(String commonName, Instant from, Instant until) {
    return issue(
        commonName,
        from,
        until,
        withThisMachine(Stream.of(host(commonName), tagged(0x82, ascii("localhost")))));
  }

  /**
   * A certificate that is valid from yesterday to tomorrow and has only these alternative names.
   *
   * @param dnsNames DNS names, wildcards too
   * @param uris URIs, such as SPIFFE ids
   */
  public TestCertificate issue(
      String commonName, Collection<String> dnsNames, Collection<String> uris) {
    Instant now = Instant.now();
    return issue(
        commonName,
        now.minus(Duration.ofDays(1)),
        now.plus(Duration.ofDays(1)),
        names(dnsNames, uris).toArray(byte[][]::new));
  }

  /**
   * A certificate with these alternative names, for servers and clients at {@code 127.0.0.1} and
   * {@code ::1}.
   *
   * @param dnsNames DNS names
   * @param uris URIs, such as a SPIFFE id
   * @param from start of validity
   * @param until end of validity; may be in the past
   */
  public TestCertificate issue(
      String commonName,
      Collection<String> dnsNames,
      Collection<String> uris,
      Instant from,
      Instant until) {
    return issue(commonName, from, until, withThisMachine(names(dnsNames, uris)));
  }

  private static Stream<byte[]> names(Collection<String> dnsNames, Collection<String> uris) {
    return Stream.concat(
        dnsNames.stream().map(name -> tagged(0x82, ascii(name))),
        uris.stream().map(uri -> tagged(0x86, ascii(uri))));
  }

  private static byte[][] withThisMachine(Stream<byte[]> names) {
    return Stream.concat(
            names, Stream.of(tagged(0x87, new byte[] {127, 0, 0, 1}), tagged(0x87, LOOPBACK_V6)))
        .toArray(byte[][]::new);
  }

  private TestCertificate issue(
      String commonName, Instant from, Instant until, byte[]... alternativeNames) {
    KeyPair keys = newKeys();
    byte[] extensions =
        sequence(sequence(ALTERNATIVE_NAMES, Der.octets(sequence(alternativeNames))));
    byte[] body =
        body(
            encodedName(commonName),
            certificate.getSubjectX500Principal().getEncoded(),
            from,
            until,
            keys.getPublic(),
            extensions);
    return new TestCertificate(sign(body, key), keys.getPrivate());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Nothing for a name that no host can have. */
  private static byte[] host(String name) {
    return name.matches("[\\w.-]+") ? tagged(0x82, ascii(name)) : new byte[0];
  }

  /** What is signed: {@code TBSCertificate} of RFC 5280, version 3. */
  private static byte[] body(
      byte[] subject,
      byte[] issuer,
      Instant from,
      Instant until,
      PublicKey key,
      byte[] extensions) {
    return sequence(
        tagged(0xa0, Der.integer(BigInteger.TWO)),
        Der.integer(new BigInteger(63, new SecureRandom()).add(BigInteger.ONE)),
        ECDSA_WITH_SHA256,
        issuer,
        sequence(Der.time(from), Der.time(until)),
        subject,
        key.getEncoded(),
        tagged(0xa3, extensions));
  }

  private static byte[] encodedName(String commonName) {
    return sequence(Der.set(sequence(COMMON_NAME, Der.text(commonName))));
  }

  private static X509Certificate sign(byte[] body, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(body);
      byte[] signed = sequence(body, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK can't sign a certificate", e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK can't create keys", e);
    }
  }
}
