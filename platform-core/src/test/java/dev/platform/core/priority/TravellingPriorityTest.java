package dev.platform.core.priority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.identity.CallerIdentity;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over real sockets through an edge and two more services; all say who they are. */
class TravellingPriorityTest {

  private static final String SERVICE = "recommendation.v1.RecommendationService";
  private static final PrioritySettings NONE = PrioritySettings.defaults();

  private final List<Optional<Priority>> seen = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private @Nullable String workload = "shop";

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(Server::shutdownNow);
  }

  @Test
  void whatTheEdgeSetsIsKnownAtAllHops() throws IOException {
    ask(edge(NONE.withMethods(Map.of(SERVICE, Priority.HIGH)), NONE, NONE), null);

    assertSeen(Priority.HIGH, Priority.HIGH, Priority.HIGH);
  }

  @Test
  void aPriorityThatIsBelievedComesBeforeTheMethods() throws IOException {
    PrioritySettings low = NONE.withMethods(Map.of(SERVICE + "/GetRecommendations", Priority.LOW));
    ask(edge(NONE, low, low), "high");

    assertSeen(Priority.HIGH, Priority.HIGH, Priority.HIGH);
  }

  @Test
  void aCallerWithoutAWorkloadIsNotBelieved() throws IOException {
    workload = null;
    ask(edge(NONE.withMethods(Map.of(SERVICE, Priority.LOW)), NONE, NONE), "high");
    assertSeen(Priority.LOW, null, null);
  }

  @Test
  void whereNothingIsProvedAllAreBelieved() throws IOException {
    workload = null;
    PrioritySettings trusting = NONE.withTrustedHeader();
    ask(edge(trusting, trusting, trusting), "low");

    assertSeen(Priority.LOW, Priority.LOW, Priority.LOW);
  }

  @Test
  void onlyNamedWorkloadsAreBelievedIfThereAreAny() throws IOException {
    PrioritySettings others = new PrioritySettings(Map.of(), Set.of("till"), true);
    ask(edge(NONE, others, NONE), "high");
    assertSeen(Priority.HIGH, null, null);

    seen.clear();
    PrioritySettings shop = new PrioritySettings(Map.of(), Set.of("till", "shop"), false);
    ask(edge(NONE, shop, NONE), "high");
    assertSeen(Priority.HIGH, Priority.HIGH, Priority.HIGH);
  }

  @Test
  void anUnknownPriorityIsNone() throws IOException {
    ask(edge(NONE, NONE, NONE), "URGENT");

    assertSeen(null, null, null);
  }

  @Test
  void theLowerOfTwoPrioritiesIsTheirOrder() {
    assertThat(Priority.lower(Priority.HIGH, Priority.LOW)).isEqualTo(Priority.LOW);
    assertThat(Priority.lower(null, Priority.HIGH)).isEqualTo(Priority.HIGH);
    assertThat(Priority.lower(null, null)).isNull();
  }

  @Test
  void refusesNamesThatAreNone() {
    assertThatThrownBy(() -> NONE.withMethods(Map.of("a b", Priority.LOW)))
        .hasMessageStartingWith("platform.priority.methods: a b (expected: package.Service/Method");
    assertThatThrownBy(() -> new PrioritySettings(Map.of(), Set.of(" "), false))
        .hasMessageStartingWith("platform.priority.workloads: (empty)");
  }

  private void assertSeen(@Nullable Priority... priorities) {
    List<Optional<Priority>> expected = new ArrayList<>();
    for (Priority each : priorities) {
      expected.add(Optional.ofNullable(each));
    }
    assertThat(seen).isEqualTo(expected);
  }

  private ManagedChannel edge(
      PrioritySettings first, PrioritySettings second, PrioritySettings third) throws IOException {
    return hop(first, hop(second, hop(third, null)));
  }

  /** A service that calls the next one, if there is one. */
  private ManagedChannel hop(PrioritySettings settings, @Nullable ManagedChannel next)
      throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Hop(next))
            .intercept(new PriorityServerInterceptor(settings))
            .intercept(new Identified())
            .build()
            .start();
    servers.add(server);
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .intercept(new PriorityClientInterceptor())
            .build();
    channels.add(channel);
    return channel;
  }

  private static void ask(ManagedChannel channel, @Nullable String priority) {
    Metadata headers = new Metadata();
    if (priority != null) {
      headers.put(CallPriority.HEADER, priority);
    }
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private final class Hop extends RecommendationServiceImplBase {

    private final @Nullable ManagedChannel next;

    private Hop(@Nullable ManagedChannel next) {
      this.next = next;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      seen.add(Optional.ofNullable(CallPriority.current()));
      if (next != null) {
        ask(next, null);
      }
      answer.onNext(GetRecommendationsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  /** In the place of authentication. */
  private final class Identified implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return Contexts.interceptCall(
          CallerIdentity.of(workload).attachedTo(Context.current()), call, headers, next);
    }
  }
}
