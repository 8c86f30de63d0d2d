package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceFutureStub;
import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import dev.platform.starter.test.etcd.EtcdServer;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Services that Go teams run already: with discovery written by hand, in go-zero and in Kratos.
 * Each calls ours, and is called by ours, while an instance leaves.
 */
class GoDiscoveryIT {

  private static final int CALLS_PER_SECOND = 100;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static EtcdServer etcd;

  /** A kind of discovery, the program that has it, and its name of the service. */
  enum Kind {
    PLAIN("plain", Layout.PLATFORM, "prices"),
    GO_ZERO("gozero", Layout.GO_ZERO, "prices.rpc"),
    KRATOS("kratos", Layout.KRATOS, "prices-kratos");

    private final String program;
    private final Layout layout;
    private final String service;

    Kind(String program, Layout layout, String service) {
      this.program = program;
      this.layout = layout;
      this.service = service;
    }

    AppProcess serve(String product) {
      String listen = this == GO_ZERO ? "127.0.0.1:" + Ports.free() : "127.0.0.1:0";
      return this == GO_ZERO
          ? GoPrograms.serve(
              program, name(product), arguments("-serve", product, "-listen", listen))
          : GoPrograms.serve(program, name(product), arguments("-serve", product));
    }

    AppProcess call(int calls) {
      return GoPrograms.start(program, name("calls"), arguments("-call", Integer.toString(calls)));
    }

    private String name(String role) {
      return program + "-" + role;
    }

    private String[] arguments(String... more) {
      String endpoint = etcd.endpoint().toString();
      // go-zero's configuration has no scheme.
      String host = this == GO_ZERO ? endpoint.replace("http://", "") : endpoint;
      String[] all = new String[more.length + 4];
      all[0] = "-etcd";
      all[1] = host;
      all[2] = "-name";
      all[3] = service;
      System.arraycopy(more, 0, all, 4, more.length);
      return all;
    }
  }

  @BeforeAll
  static void open() throws Exception {
    GoPrograms.require();
    etcd = Mall.newEtcd();
    etcd.start();
  }

  @AfterAll
  static void close() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theirServersAreCalledBesideOursAndLeaveWithoutAFailedCall(Kind kind) throws Exception {
    try (Platform ours = server(kind, "java");
        Platform caller = platform(kind, "caller").build();
        AppProcess theirs = kind.serve("go")) {
      RecommendationServiceFutureStub stub =
          RecommendationServiceGrpc.newFutureStub(caller.channel(kind.service));
      Set<String> products = ConcurrentHashMap.newKeySet();
      try (SteadyLoad load = SteadyLoad.start(CALLS_PER_SECOND, () -> call(stub, products))) {
        await("both are called")
            .atMost(LIMIT)
            .until(() -> products.containsAll(List.of("java", "go")));
        load.awaitMore(CALLS_PER_SECOND, LIMIT);
        long left = System.nanoTime();
        theirs.terminate();
        products.clear();
        load.awaitMore(CALLS_PER_SECOND, LIMIT);
        LoadReport report = load.stop();
        Report.line(
            "%s: a server in Go leaves within %d ms; %s",
            kind, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - left), report);
        assertThat(report.failures()).isEmpty();
        assertThat(products).containsExactly("java");
        assertThat(caller.directory().latest(kind.service).instances()).hasSize(1);
        assertThat(caller.directory().latest(kind.service).instances().get(0).zone())
            .isEqualTo("z-java");
      }
      assertThat(ours.registration().isHeld()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void ourServersAreCalledByTheirsAndLeaveWithoutAFailedCall(Kind kind) throws Exception {
    try (Platform leaving = server(kind, "java-1");
        Platform staying = server(kind, "java-2");
        AppProcess calls = kind.call(300)) {
      assertThat(staying.registration().isHeld()).isTrue();
      await("some calls are made").pollDelay(Duration.ofSeconds(1)).until(calls::isAlive);
      leaving.close();
      GoPrograms.Result result = GoPrograms.result(calls);
      Report.line("%s: 300 calls from Go while one of two leaves: %s", kind, result.output());
      assertThat(result.output()).doesNotContain("failed").contains("java-1", "java-2");
      assertThat(result.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftInEtcdWhenAllHaveLeft(Kind kind) {
    Platform ours = server(kind, "java");
    AppProcess theirs = kind.serve("go-2");
    assertThat(keys()).isNotEmpty();
    ours.close();
    theirs.terminate();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(keys()).isEmpty());
  }

  private static TreeSet<String> keys() {
    TreeSet<String> keys = new TreeSet<>(etcd.keys("/"));
    keys.addAll(etcd.keys("prices"));
    return keys;
  }

  private static Platform server(Kind kind, String product) {
    Platform platform =
        platform(kind, kind.service)
            .layouts(kind.layout)
            .valueFormat(kind == Kind.PLAIN ? ValueFormat.ADDRESS : ValueFormat.GRPC)
            .metadata(Map.of("zone", "z-java"))
            .drain(new DrainSettings(Duration.ofMillis(500), Duration.ofSeconds(5)))
            .build();
    try {
      var unused = platform.serve(0, new Recommendations(product));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().atMost(LIMIT).until(() -> platform.registration().isHeld());
    return platform;
  }

  private static PlatformBuilder platform(Kind kind, String name) {
    return Platform.builder(name)
        .etcdEndpoints(etcd.endpoint().toString())
        .advertise("127.0.0.1")
        .leaseTtl(Mall.LEASE_TTL)
        .loadBalancing("round_robin")
        .discoveryLayouts(Map.of(kind.service, kind.layout))
        .closeAtShutdown(false);
  }

  private static ListenableFuture<GetRecommendationsResponse> call(
      RecommendationServiceFutureStub stub, Set<String> products) {
    ListenableFuture<GetRecommendationsResponse> answer =
        stub.getRecommendations(GetRecommendationsRequest.newBuilder().setUserId("ada").build());
    // Failed calls are in the load's report.
    return Futures.transform(
        answer,
        some -> {
          products.addAll(some.getProductIdsList());
          return some;
        },
        MoreExecutors.directExecutor());
  }

  private static final class Recommendations
      extends RecommendationServiceGrpc.RecommendationServiceImplBase {

    private final String product;

    Recommendations(String product) {
      this.product = product;
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      answer.onNext(GetRecommendationsResponse.newBuilder().addProductIds(product).build());
      answer.onCompleted();
    }
  }
}
