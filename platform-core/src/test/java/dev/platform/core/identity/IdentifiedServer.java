package dev.platform.core.identity;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A server behind interceptors, over a socket and in process, that records who calls it. */
public final class IdentifiedServer implements AutoCloseable {

  public static final String SERVICE = "recommendation.v1.RecommendationService";
  public static final String METHOD = SERVICE + "/GetRecommendations";
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** The callers that reached the handler. */
  public final List<CallerIdentity> callers = new CopyOnWriteArrayList<>();

  private final Server server;
  private final Server inProcess;
  private final ManagedChannel channel;
  private final ManagedChannel inProcessChannel;

  /** What connections prove; null for nothing. Read when one is made. */
  private volatile @Nullable PeerIdentity peer;

  private volatile @Nullable SSLSession tls;

  /**
   * @param interceptors the outermost first
   */
  public IdentifiedServer(ServerInterceptor... interceptors) throws IOException {
    ServerServiceDefinition service =
        ServerInterceptors.interceptForward(
            new Recommendations().bindService(), Arrays.asList(interceptors));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addTransportFilter(new Peers())
            .addService(service)
            .build()
            .start();
    String name = UUID.randomUUID().toString();
    inProcess =
        InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    inProcessChannel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** From the next connection on. */
  public IdentifiedServer peer(@Nullable PeerIdentity identity) {
    this.peer = identity;
    return this;
  }

  /** Whether connections seem to have TLS. From the next connection on. */
  public IdentifiedServer tls() {
    try {
      this.tls = SSLContext.getDefault().createSSLEngine().getSession();
      return this;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public Channel channel() {
    return channel;
  }

  public Channel inProcessChannel() {
    return inProcessChannel;
  }

  /** The failure of a call over the socket with these values of a header; null if it succeeds. */
  public @Nullable StatusRuntimeException callWith(String header, String... values) {
    Metadata headers = new Metadata();
    Metadata.Key<String> key = Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
    for (String value : values) {
      headers.put(key, value);
    }
    return call(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** The same with a bearer token. */
  public @Nullable StatusRuntimeException callAs(String token) {
    return callWith("authorization", "Bearer " + token);
  }

  /** The same without a header. */
  public @Nullable StatusRuntimeException call() {
    return call(channel);
  }

  public static @Nullable StatusRuntimeException call(Channel channel) {
    try {
      var unused =
          RecommendationServiceGrpc.newBlockingStub(channel)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** Who made the only call that reached the handler. */
  public CallerIdentity onlyCaller() {
    List<CallerIdentity> all = new ArrayList<>(callers);
    if (all.size() != 1) {
      throw new AssertionError("not one call: " + all);
    }
    return all.get(0);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    inProcessChannel.shutdownNow();
    server.shutdownNow();
    inProcess.shutdownNow();
  }

  private final class Peers extends ServerTransportFilter {

    @Override
    public Attributes transportReady(Attributes connection) {
      Attributes.Builder more = connection.toBuilder();
      PeerIdentity identity = peer;
      if (identity != null) {
        more.set(PeerIdentity.KEY, identity);
      }
      SSLSession session = tls;
      if (session != null) {
        more.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
      }
      return more.build();
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      callers.add(CallerIdentity.current());
      answer.onNext(GetRecommendationsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
