package dev.platform.core.transport;

import static dev.platform.core.identity.PeerIdentity.KEY;

import dev.platform.core.identity.PeerIdentity;
import dev.platform.core.instance.InstanceAttributes;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.NameResolver;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Servers and channels on real sockets, of one of gRPC's Nettys; closes them. */
final class Connected implements AutoCloseable {

  static final Map<String, String> MUTUAL = Map.of("tls", "mutual");

  /** gRPC's two Nettys: the shaded one has BoringSSL, the other one uses the JDK's TLS. */
  enum Netty {
    SHADED(
        port ->
            io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
        io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder::forTarget),
    UNSHADED(
        port ->
            io.grpc.netty.NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
        io.grpc.netty.NettyChannelBuilder::forTarget);

    private final IntFunction<ServerBuilder<?>> servers;
    private final Function<String, ManagedChannelBuilder<?>> channels;

    Netty(
        IntFunction<ServerBuilder<?>> servers,
        Function<String, ManagedChannelBuilder<?>> channels) {
      this.servers = servers;
      this.channels = channels;
    }
  }

  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<String, String> WHO =
      MethodDescriptor.newBuilder(TEXT, TEXT)
          .setFullMethodName("test.Identity/Who")
          .setType(MethodType.BIDI_STREAMING)
          .build();

  private final Netty netty;
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  Connected(Netty netty) {
    this.netty = netty;
  }

  int serve(TransportSecurity security) {
    ServerBuilder<?> builder = netty.servers.apply(0);
    security.secure(builder);
    return serve(builder);
  }

  int serve(ServerBuilder<?> builder) {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Identity")
            .addMethod(WHO, (call, headers) -> answer(call))
            .build();
    try {
      Server server = builder.addService(service).build().start();
      servers.add(server);
      return server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers each request with the caller's workload, or with the reason why it has none. */
  private static ServerCall.Listener<String> answer(ServerCall<String, String> call) {
    PeerIdentity peer = call.getAttributes().get(KEY);
    String answer =
        peer == null ? "unknown" : peer.workload() == null ? peer.reason() : peer.workload();
    call.sendHeaders(new Metadata());
    call.request(Integer.MAX_VALUE);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(String message) {
        call.sendMessage(String.valueOf(answer));
      }

      @Override
      public void onHalfClose() {
        call.close(Status.OK, new Metadata());
      }
    };
  }

  /** A channel to instances of a service, each with this metadata. */
  ManagedChannel channel(
      TransportSecurity security, String service, Map<String, String> metadata, int... ports) {
    ManagedChannelBuilder<?> builder = netty.channels.apply("test:///" + service).usePlaintext();
    security.secure(builder);
    return channel(builder, service, metadata, ports);
  }

  /** The same of a client that knows nothing of the platform. */
  ManagedChannel foreign(ChannelCredentials credentials, String service, int port) {
    return channel(
        Grpc.newChannelBuilder("test:///" + service, credentials), service, Map.of(), port);
  }

  @SuppressWarnings("deprecation") // nameResolverFactory: the only way to set a resolver
  private ManagedChannel channel(
      ManagedChannelBuilder<?> builder,
      String service,
      Map<String, String> metadata,
      int... ports) {
    ManagedChannel channel =
        builder
            .nameResolverFactory(new Instances(service, metadata, ports))
            .defaultLoadBalancingPolicy("round_robin")
            .build();
    channels.add(channel);
    return channel;
  }

  /** What the server says of its caller. */
  static String who(ManagedChannel channel) {
    return ClientCalls.blockingServerStreamingCall(
            channel, WHO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "?")
        .next();
  }

  /** A call that goes on. */
  static Conversation converse(ManagedChannel channel) {
    Conversation conversation = new Conversation();
    conversation.requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(WHO, CallOptions.DEFAULT), conversation);
    return conversation;
  }

  /** A call that goes on, and what came of it. */
  static final class Conversation implements StreamObserver<String> {

    final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private volatile StreamObserver<String> requests;
    volatile String end = "";

    void ask() {
      requests.onNext("?");
    }

    void finish() {
      requests.onCompleted();
    }

    @Override
    public void onNext(String answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end = String.valueOf(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end = "completed";
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(Server::shutdownNow);
  }

  private static final class Instances extends NameResolver.Factory {

    private final String service;
    private final List<EquivalentAddressGroup> groups = new ArrayList<>();

    Instances(String service, Map<String, String> metadata, int... ports) {
      this.service = service;
      Attributes attributes =
          Attributes.newBuilder().set(InstanceAttributes.METADATA, metadata).build();
      for (int port : ports) {
        groups.add(
            new EquivalentAddressGroup(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), attributes));
      }
    }

    @Override
    public String getDefaultScheme() {
      return "test";
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return service;
        }

        @Override
        public void start(Listener2 listener) {
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(StatusOr.fromValue(groups))
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }
  }
}
