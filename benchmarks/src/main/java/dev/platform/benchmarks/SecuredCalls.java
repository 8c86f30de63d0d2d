package dev.platform.benchmarks;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Mutual TLS, a user's token and rules, for a server and the one client that may call it. */
final class SecuredCalls {

  private static final String TRUST_DOMAIN = "benchmark";
  private static final String CLIENT = "client";
  private static final Duration VALIDITY = Duration.ofDays(1);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** As long as a JWT with a few claims; {@link CallServer} takes any. */
  private static final String TOKEN = "t".repeat(800);

  private final TestAuthority authority = TestAuthority.create("benchmark");
  private final List<String> transportArguments = new ArrayList<>();

  SecuredCalls() {
    try {
      Path folder = Files.createTempDirectory("benchmark-certificates");
      folder.toFile().deleteOnExit();
      TestCertificate server = issue("calls");
      String bundle = "--spring.ssl.bundle.pem.calls.";
      transportArguments.addAll(
          List.of(
              bundle
                  + "keystore.certificate="
                  + write(folder, "calls.pem", server.certificatePem()),
              bundle + "keystore.private-key=" + write(folder, "key.pem", server.privateKeyPem()),
              bundle
                  + "truststore.certificate="
                  + write(folder, "ca.pem", authority.certificatePem()),
              "--platform.security.transport.mode=strict",
              "--platform.security.transport.bundle=calls",
              "--platform.security.trust-domain=" + TRUST_DOMAIN));
    } catch (IOException e) {
      throw new UncheckedIOException("can't write certificates", e);
    }
  }

  private TestCertificate issue(String workload) {
    Instant now = Instant.now();
    return authority.issue(
        workload,
        List.of("localhost"),
        List.of("spiffe://%s/%s".formatted(TRUST_DOMAIN, workload)),
        now.minus(VALIDITY),
        now.plus(VALIDITY));
  }

  /** Only its owner can read it. */
  private static String write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    file.toFile().deleteOnExit();
    return "file:" + Files.writeString(file, text);
  }

  /** Spring's arguments of a server with mutual TLS. */
  List<String> transportArguments() {
    return List.copyOf(transportArguments);
  }

  /** Spring's arguments of a server with mutual TLS, and with rules about callers and users. */
  List<String> serverArguments() {
    String rule =
        "--platform.security.authorization.rules[recommendation.v1.RecommendationService/*].";
    List<String> arguments = new ArrayList<>(transportArguments);
    arguments.add(rule + "callers=" + CLIENT);
    arguments.add(rule + "roles=customer");
    return arguments;
  }

  /** A channel with the client's certificate. */
  ManagedChannel channel(int port) throws IOException {
    TestCertificate own = issue(CLIENT);
    return Grpc.newChannelBuilderForAddress(
            "127.0.0.1",
            port,
            TlsChannelCredentials.newBuilder()
                .keyManager(stream(own.certificatePem()), stream(own.privateKeyPem()))
                .trustManager(stream(authority.certificatePem()))
                .build())
        .directExecutor()
        .build();
  }

  /** Calls with the user's token. */
  static Channel withToken(Channel channel) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + TOKEN);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
