package dev.platform.core.transport;

import static dev.platform.core.transport.Connected.MUTUAL;
import static dev.platform.core.transport.Connected.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.platform.core.transport.Connected.Netty;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that would like to go on with the session of its last connection. */
class ResumedSessionTest {

  private final TestAuthority authority = TestAuthority.create("mall");
  private final AtomicInteger shown = new AtomicInteger();
  private volatile boolean expired;

  @ParameterizedTest
  @CsvSource({"SHADED,TLSv1.3", "SHADED,TLSv1.2", "UNSHADED,TLSv1.3", "UNSHADED,TLSv1.2"})
  void isRefusedOnceItsCertificateHasExpired(Netty netty, String version) throws Exception {
    TestCertificate own = authority.issue("payment-service");
    TransportSecurity server =
        TransportSecurity.builder(
                TransportMode.STRICT,
                TransportCertificates.of(
                    "mesh",
                    TestCertificates.keys(own),
                    TestCertificates.trust(
                        TestCertificates.trust(authority), () -> expired, authority)))
            .build();
    try (Connected here = new Connected(netty)) {
      int port = here.serve(server);
      SSLContext client = client(authority.issue("order-service"));
      connect(client, version, port);
      connect(client, version, port);
      expired = true;
      assertThat(catchThrowable(() -> connect(client, version, port))).isNotNull();
    }
  }

  /** The JDK's TLS takes back what it has offered; BoringSSL's sessions are checked again. */
  @ParameterizedTest
  @CsvSource({"UNSHADED,TLSv1.3", "UNSHADED,TLSv1.2"})
  void isNotResumed(Netty netty, String version) throws Exception {
    TransportSecurity server =
        TransportSecurity.builder(
                TransportMode.STRICT,
                TestCertificates.of(authority.issue("payment-service"), authority))
            .build();
    try (Connected here = new Connected(netty)) {
      int port = here.serve(server);
      SSLContext client = client(authority.issue("order-service"));
      for (int connection = 1; connection <= 3; connection++) {
        connect(client, version, port);
        assertThat(shown).hasValue(connection);
      }
    }
  }

  /** The first frame of the server comes after its session tickets. */
  private static void connect(SSLContext client, String version, int port) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress().getHostAddress(), port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).isNotNegative();
    }
  }

  private SSLContext client(TestCertificate own) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager counting =
        new Counting((X509KeyManager) TestCertificates.keys(own).getKeyManagers()[0], shown);
    context.init(
        new KeyManager[] {counting}, TestCertificates.trust(authority).getTrustManagers(), null);
    return context;
  }

  /** Resumed sessions ask for no certificate. */
  private record Counting(X509KeyManager keys, AtomicInteger shown) implements X509KeyManager {

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      shown.incrementAndGet();
      return keys.chooseClientAlias(types, issuers, socket);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return keys.getClientAliases(type, issuers);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return keys.getServerAliases(type, issuers);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keys.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return keys.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return keys.getPrivateKey(alias);
    }
  }

  /** Both of gRPC's Nettys on the server, our own channel as the client, TLS 1.3 and 1.2. */
  @ParameterizedTest
  @CsvSource({"SHADED,TLSv1.3", "SHADED,TLSv1.2", "UNSHADED,TLSv1.3", "UNSHADED,TLSv1.2"})
  void anAuthorityThatAClientNoLongerTrustsIsRefusedAtTheNextConnection(
      Netty netty, String version) {
    TestAuthority other = TestAuthority.create("other");
    TestCertificate own = authority.issue("order-service", Set.of("order-service"), Set.of());
    TransportSecurity server =
        TransportSecurity.builder(
                TransportMode.STRICT,
                TestCertificates.of(authority.issue("payment-service"), authority))
            .build();
    TransportSecurity client =
        TransportSecurity.builder(
                TransportMode.STRICT,
                TestCertificates.of(own, authority).with(List.of(version), null))
            .build();
    try (Connected here = new Connected(netty)) {
      int port = here.serve(server);
      assertThat(who(here.channel(client, "payment-service", MUTUAL, port))).isNotEmpty();
      client.replace(TestCertificates.of(own, other).with(List.of(version), null));
      assertThat(catchThrowable(() -> who(here.channel(client, "payment-service", MUTUAL, port))))
          .hasMessageContaining("unable to find valid certification path");
    }
  }
}
