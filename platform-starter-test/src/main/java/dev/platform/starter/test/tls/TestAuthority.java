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
 * A certificate authority for tests, with keys of its own in this JVM's memory. Thread-safe, never
 * blocks.
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

  private final String name;
  private final PrivateKey key;
  private final X509Certificate certificate;

  private TestAuthority(String name, PrivateKey key, X509Certificate certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /** A new one; two of the same name don't trust each other's certificates. */
  public static TestAuthority create(String name) {
    KeyPair keys = newKeys();
    byte[] extensions =
        sequence(sequence(BASIC_CONSTRAINTS, Der.yes(), Der.octets(sequence(Der.yes()))));
    Instant now = Instant.now();
    Instant until = now.plus(Duration.ofDays(30));
    X509Certificate certificate =
        sign(
            body(name, name, now.minus(Duration.ofDays(30)), until, keys.getPublic(), extensions),
            keys.getPrivate());
    return new TestAuthority(name, keys.getPrivate(), certificate);
  }

  /** The authority's certificate, for trust stores. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The same as text, for files and properties. */
  public String certificatePem() {
    return TestCertificate.pem(certificate);
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
        host(commonName),
        tagged(0x82, ascii("localhost")),
        tagged(0x87, new byte[] {127, 0, 0, 1}),
        tagged(0x87, LOOPBACK_V6));
  }

  /**
   * A certificate that is valid from yesterday to tomorrow and has only these alternative names.
   *
   * @param dnsNames DNS names, wildcards too
   * @param uris URIs, such as SPIFFE ids
   */
  public TestCertificate issue(
      String commonName, Collection<String> dnsNames, Collection<String> uris) {
    byte[][] names =
        Stream.concat(
                dnsNames.stream().map(name -> tagged(0x82, ascii(name))),
                uris.stream().map(uri -> tagged(0x86, ascii(uri))))
            .toArray(byte[][]::new);
    Instant now = Instant.now();
    return issue(commonName, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)), names);
  }

  private TestCertificate issue(
      String commonName, Instant from, Instant until, byte[]... alternativeNames) {
    KeyPair keys = newKeys();
    byte[] extensions =
        sequence(sequence(ALTERNATIVE_NAMES, Der.octets(sequence(alternativeNames))));
    byte[] body = body(commonName, name, from, until, keys.getPublic(), extensions);
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
      String subject,
      String issuer,
      Instant from,
      Instant until,
      PublicKey key,
      byte[] extensions) {
    return sequence(
        tagged(0xa0, Der.integer(BigInteger.TWO)),
        Der.integer(new BigInteger(63, new SecureRandom()).add(BigInteger.ONE)),
        ECDSA_WITH_SHA256,
        distinguishedName(issuer),
        sequence(Der.time(from), Der.time(until)),
        distinguishedName(subject),
        key.getEncoded(),
        tagged(0xa3, extensions));
  }

  private static byte[] distinguishedName(String commonName) {
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
