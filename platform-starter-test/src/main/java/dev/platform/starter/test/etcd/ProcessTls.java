package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** The files from which a real etcd reads its certificates, anew for each connection. */
record ProcessTls(Path directory) {

  /** Writes the files, and returns the options that name them. */
  List<String> write(ServerTls tls) {
    write(tls.certificate());
    List<String> flags = new ArrayList<>();
    flags.add("--cert-file=" + certificateFile());
    flags.add("--key-file=" + keyFile());
    TestAuthority clients = tls.clientAuthority();
    if (clients != null) {
      Path file = directory.resolve("clients.pem");
      write(file, clients.certificatePem());
      flags.add("--client-cert-auth=true");
      flags.add("--trusted-ca-file=" + file);
    }
    return flags;
  }

  /** As {@link #write(ServerTls)}, for the port that the other members use. */
  List<String> writePeer(TestCertificate own, TestAuthority peers) {
    Path certificate = directory.resolve("peer.pem");
    Path key = directory.resolve("peer.key");
    Path trusted = directory.resolve("peers.pem");
    write(certificate, own.certificatePem());
    write(key, own.privateKeyPem());
    write(trusted, peers.certificatePem());
    return List.of(
        "--peer-cert-file=" + certificate,
        "--peer-key-file=" + key,
        "--peer-client-cert-auth=true",
        "--peer-trusted-ca-file=" + trusted);
  }

  void write(TestCertificate certificate) {
    write(certificateFile(), certificate.certificatePem());
    write(keyFile(), certificate.privateKeyPem());
  }

  /** For the kit's own client, which trusts any server. */
  static ChannelCredentials clientCredentials(ServerTls tls) {
    TlsChannelCredentials.Builder builder =
        TlsChannelCredentials.newBuilder().trustManager(new TrustEverybody());
    TestAuthority clients = tls.clientAuthority();
    if (clients != null) {
      TestCertificate own = clients.issue("test-kit");
      try {
        builder.keyManager(stream(own.certificatePem()), stream(own.privateKeyPem()));
      } catch (IOException e) {
        throw new UncheckedIOException("can't set up TLS for the test kit's client", e);
      }
    }
    return builder.build();
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private Path certificateFile() {
    return directory.resolve("server.pem");
  }

  private Path keyFile() {
    return directory.resolve("server.key");
  }

  private static void write(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("can't write " + file, e);
    }
  }

  private static final class TrustEverybody extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
