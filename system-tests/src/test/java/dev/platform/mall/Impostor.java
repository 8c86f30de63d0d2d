package dev.platform.mall;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A server that takes every call of every method, and counts them. */
final class Impostor implements AutoCloseable {

  private static final MethodDescriptor.Marshaller<InputStream> ANYTHING =
      new MethodDescriptor.Marshaller<>() {

        @Override
        public InputStream stream(InputStream message) {
          return message;
        }

        @Override
        public InputStream parse(InputStream message) {
          return new ByteArrayInputStream(new byte[0]);
        }
      };

  private final AtomicInteger handshakes = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final Server server;

  private Impostor(@Nullable TestCertificate own) throws IOException {
    ServerCredentials credentials =
        own == null
            ? InsecureServerCredentials.create()
            : TlsServerCredentials.newBuilder().keyManager(new Counted(own)).build();
    server =
        Grpc.newServerBuilderForPort(0, credentials)
            .fallbackHandlerRegistry(new Everything())
            .build()
            .start();
  }

  /** Without TLS. */
  static Impostor inPlaintext() throws IOException {
    return new Impostor(null);
  }

  /** With this certificate; it does not care who calls. */
  static Impostor with(TestCertificate own) throws IOException {
    return new Impostor(own);
  }

  /** With a certificate that says all the right things, of another authority. */
  static Impostor ofAnotherAuthority(App app) throws IOException {
    return with(
        TestAuthority.create("mall")
            .issue(
                Certificates.workload(app),
                app.services(),
                List.of(
                    "spiffe://%s/%s"
                        .formatted(Certificates.TRUST_DOMAIN, Certificates.workload(app)))));
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** The handshakes that clients have begun. */
  int handshakes() {
    return handshakes.get();
  }

  /** The calls that clients have made. */
  int calls() {
    return calls.get();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Everything extends HandlerRegistry {

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      MethodDescriptor<InputStream, InputStream> method =
          MethodDescriptor.<InputStream, InputStream>newBuilder()
              .setType(MethodDescriptor.MethodType.UNKNOWN)
              .setFullMethodName(name)
              .setRequestMarshaller(ANYTHING)
              .setResponseMarshaller(ANYTHING)
              .build();
      ServerCallHandler<InputStream, InputStream> taken =
          (call, headers) -> {
            calls.incrementAndGet();
            call.close(Status.OK, new Metadata());
            return new ServerCall.Listener<>() {};
          };
      return ServerMethodDefinition.create(method, taken);
    }
  }

  /** A certificate that is asked for once a handshake. */
  private final class Counted extends X509ExtendedKeyManager {

    private static final String ALIAS = "own";

    private final TestCertificate own;

    Counted(TestCertificate own) {
      this.own = own;
    }

    @Override
    public String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      handshakes.incrementAndGet();
      return ALIAS;
    }

    @Override
    public String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {own.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.privateKey();
    }
  }
}
