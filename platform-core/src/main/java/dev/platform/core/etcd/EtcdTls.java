package dev.platform.core.etcd;

import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates for {@code https} endpoints.
 *
 * @param name their name in logs
 * @param trust the trusted authorities; null for those of the JVM
 * @param key the client's certificate, where etcd asks for one
 * @param protocols enabled TLS versions; null for the transport's own choice
 * @param ciphers enabled cipher suites; null for the transport's own choice
 */
public record EtcdTls(
    String name,
    @Nullable TrustManagerFactory trust,
    @Nullable KeyManagerFactory key,
    @Nullable List<String> protocols,
    @Nullable List<String> ciphers) {}
