package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

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

  void write(TestCertificate certificate) {
    write(certificateFile(), certificate.certificatePem());
    write(keyFile(), certificate.privateKeyPem());
  }

  /** For the kit's own client, which is there to look at the server, not to judge it. */
  static SslContext clientContext(ServerTls tls) {
    SslContextBuilder builder =
        GrpcSslContexts.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE);
    TestAuthority clients = tls.clientAuthority();
    if (clients != null) {
      TestCertificate own = clients.issue("test-kit");
      builder.keyManager(own.privateKey(), own.certificate());
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS for the test kit's client", e);
    }
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
}
