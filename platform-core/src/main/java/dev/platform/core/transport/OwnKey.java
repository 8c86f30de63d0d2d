package dev.platform.core.transport;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The process's one certificate, on each of its connections. It is also shown to a server that does
 * not name its authority: then the server's refusal says why.
 */
final class OwnKey extends X509ExtendedKeyManager {

  private static final String ALIAS = "own";

  private final X509Certificate[] chain;
  private final PrivateKey key;
  private final String type;

  OwnKey(TransportCertificates certificates) {
    this.chain = certificates.chain().toArray(X509Certificate[]::new);
    this.key = certificates.key();
    this.type = chain[0].getPublicKey().getAlgorithm();
  }

  private @Nullable String alias(@Nullable String... keyTypes) {
    return Arrays.stream(keyTypes).anyMatch(this::isOfType) ? ALIAS : null;
  }

  /** Also {@code EC_EC} and {@code EC_RSA}: such a key in a certificate signed with the other. */
  private boolean isOfType(@Nullable String keyType) {
    return keyType != null && (keyType.equals(type) || keyType.startsWith(type + "_"));
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return isOfType(keyType) ? new String[] {ALIAS} : null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return ALIAS.equals(alias) ? chain.clone() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return ALIAS.equals(alias) ? key : null;
  }
}
