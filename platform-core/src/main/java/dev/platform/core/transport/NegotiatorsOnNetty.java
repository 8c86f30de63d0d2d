package dev.platform.core.transport;

import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.instance.InstanceAttributes;
import dev.platform.core.instance.InstanceMetadata;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Uses {@code grpc-netty}; built a second time for the shaded one. */
final class NegotiatorsOnNetty implements Negotiators {

  /** A TLS handshake that has begun ends by then, too: Netty's own default. */
  private static final Duration FIRST_BYTES = Duration.ofSeconds(10);

  private static final AsciiString HTTPS = AsciiString.of("https");
  private static final AsciiString HTTP = AsciiString.of("http");
  private static final int DEFAULT_PORT = 443;

  private final TransportMode mode;
  private final WorkloadIdentities identities;
  private final HandshakeListener failures;
  private final Duration firstBytes;
  private volatile @Nullable Contexts contexts;

  /** Made anew for other certificates: with them go all sessions and tickets of the old ones. */
  private record Contexts(SslContext server, SslContext client, PeerTrust trust) {}

  NegotiatorsOnNetty(
      TransportMode mode, WorkloadIdentities identities, HandshakeListener failures) {
    this(mode, identities, failures, FIRST_BYTES);
  }

  /**
   * @param firstBytes how long a permissive server waits for them
   */
  NegotiatorsOnNetty(
      TransportMode mode,
      WorkloadIdentities identities,
      HandshakeListener failures,
      Duration firstBytes) {
    this.mode = mode;
    this.identities = identities;
    this.failures = failures;
    this.firstBytes = firstBytes;
  }

  @Override
  public Prepared prepare(TransportCertificates certificates) {
    PeerTrust trust = new PeerTrust(certificates.trust(), identities);
    OwnKey key = new OwnKey(certificates);
    ClientAuth clients = mode == TransportMode.STRICT ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL;
    Contexts next;
    try {
      next =
          new Contexts(
              build(SslContextBuilder.forServer(key).clientAuth(clients), certificates, trust),
              build(SslContextBuilder.forClient().keyManager(key), certificates, trust),
              trust);
    } catch (SSLException e) {
      throw new IllegalArgumentException(certificates + " can't be used: " + e.getMessage(), e);
    }
    return () -> contexts = next;
  }

  /** Sessions should not be resumed; those that are, are checked by {@link PeerTrust} again. */
  private static SslContext build(
      SslContextBuilder builder, TransportCertificates certificates, PeerTrust trust)
      throws SSLException {
    GrpcSslContexts.configure(builder)
        .trustManager(trust)
        .protocols(certificates.protocols())
        .sessionCacheSize(1)
        .sessionTimeout(1);
    if (certificates.ciphers() != null) {
      builder.ciphers(certificates.ciphers());
    }
    SslContext context = builder.build();
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return context;
  }

  private Contexts contexts() {
    return Objects.requireNonNull(contexts, "certificates come before connections");
  }

  @Override
  public boolean secure(ServerBuilder<?> builder) {
    if (!(builder instanceof NettyServerBuilder netty)) {
      return false;
    }
    netty.protocolNegotiator(new OfServers());
    return true;
  }

  @Override
  public boolean secure(ManagedChannelBuilder<?> builder) {
    if (!(builder instanceof NettyChannelBuilder netty)) {
      return false;
    }
    InternalNettyChannelBuilder.setProtocolNegotiatorFactory(netty, new ClientFactory());
    return true;
  }

  @Override
  public ServerCredentials serverCredentials() {
    return InternalNettyServerCredentials.create(new ServerFactory());
  }

  @Override
  public ChannelCredentials channelCredentials() {
    return InternalNettyChannelCredentials.create(new ClientFactory());
  }

  private final class ServerFactory implements InternalProtocolNegotiator.ServerFactory {

    @Override
    public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
        ObjectPool<? extends Executor> offloadExecutors) {
      return new OfServers();
    }
  }

  private final class ClientFactory implements InternalProtocolNegotiator.ClientFactory {

    @Override
    public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
      return new OfClients();
    }

    @Override
    public int getDefaultPort() {
      return DEFAULT_PORT;
    }
  }

  private final class OfServers implements InternalProtocolNegotiator.ProtocolNegotiator {

    @Override
    public AsciiString scheme() {
      return HTTPS;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
      return mode == TransportMode.STRICT
          ? tls(grpc)
          : new FirstBytesOnNetty(
              firstBytes,
              () -> tls(grpc),
              () -> InternalProtocolNegotiators.serverPlaintext().newHandler(grpc),
              () -> failures.failed(HandshakeFailure.ABANDONED));
    }

    private ChannelHandler tls(GrpcHttp2ConnectionHandler grpc) {
      Contexts now = contexts();
      return new TlsFailuresOnNetty(
          InternalProtocolNegotiators.serverTls(now.server()).newHandler(grpc),
          now.trust(),
          failure -> {
            failures.failed(HandshakeFailure.of(failure));
            return failure;
          },
          UnaryOperator.identity());
    }

    @Override
    public void close() {}
  }

  private final class OfClients implements InternalProtocolNegotiator.ProtocolNegotiator {

    @Override
    public AsciiString scheme() {
      return mode == TransportMode.STRICT ? HTTPS : HTTP;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
      if (mode == TransportMode.PERMISSIVE && !offersTls(grpc)) {
        return InternalProtocolNegotiators.plaintext().newHandler(grpc);
      }
      Contexts now = contexts();
      String service = grpc.getAuthority();
      return new TlsFailuresOnNetty(
          InternalProtocolNegotiators.tls(now.client(), null, now.trust()).newHandler(grpc),
          now.trust(),
          failure -> described(service, failure),
          failure -> described(service, failure));
    }

    private boolean offersTls(GrpcHttp2ConnectionHandler grpc) {
      Map<String, String> metadata = grpc.getEagAttributes().get(InstanceAttributes.METADATA);
      return metadata != null && InstanceMetadata.MUTUAL.equals(metadata.get(InstanceMetadata.TLS));
    }

    /** What callers see, if no instance can be reached. */
    private Throwable described(String service, Throwable failure) {
      return Status.UNAVAILABLE
          .withDescription(
              "TLS with %s failed: %s".formatted(service, HandshakeFailure.reason(failure)))
          .withCause(failure)
          .asException();
    }

    @Override
    public void close() {}
  }
}
