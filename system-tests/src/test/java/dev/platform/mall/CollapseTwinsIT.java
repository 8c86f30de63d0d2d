package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.concurrency.ConcurrencyLimitSettings;
import dev.platform.starter.test.collapse.CollapseCheck;
import dev.platform.starter.test.collapse.CollapseCheckBuilder;
import dev.platform.starter.test.collapse.CollapseReport;
import dev.platform.starter.test.collapse.Request;
import dev.platform.starter.test.collapse.Trigger;
import dev.platform.starter.test.collapse.Verdict;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The same handler twice: with gRPC's defaults and a client that repeats what is late, it collapses
 * for good after a stall of two seconds; with the platform it recovers. Both are real servers.
 */
class CollapseTwinsIT {

  private static final int ATTEMPTS = 3;
  private static final Duration ATTEMPT = Duration.ofMillis(500);
  private static final Duration DEADLINE = ATTEMPT.multipliedBy(ATTEMPTS);
  private static final int WARM_UP_CALLS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path PLOTS = Path.of("target", "system-tests", "collapse-twins");

  private final SlowProducts products = new SlowProducts();

  @Test
  void naiveRetriesCollapse() throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(products)
            .build()
            .start();
    try (Channels channels = new Channels()) {
      ProductServiceFutureStub stub =
          ProductServiceGrpc.newFutureStub(channels.to("127.0.0.1:" + server.getPort()));
      // Cold, its first calls are late, and it collapses before there is any trigger.
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        stub.getProduct(GetProductRequest.getDefaultInstance()).get();
      }

      CollapseReport report =
          run(
              "naive",
              Request.future(() -> attempt(stub, ATTEMPTS)),
              Map.of("client.attempts", "3"));

      assertThat(report.cells())
          .singleElement()
          .satisfies(cell -> assertThat(cell.verdict()).isEqualTo(Verdict.NOT_RECOVERED));
      assertThatThrownBy(report::assertStable)
          .hasMessageContaining("stall of database at 80 % of capacity (40.0/s): 100 % good before")
          .hasMessageContaining("DEADLINE_EXCEEDED")
          .hasMessageContaining("naive: client.attempts=3");
    } finally {
      server.shutdownNow();
      assertThat(server.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void thePlatformsDefaultsRecover() throws Exception {
    try (EmbeddedEtcd etcd = EmbeddedEtcd.builder().build()) {
      etcd.start();
      CollapseReport report = runOnPlatform("platform", platform(etcd));

      report.assertStable();
    }
  }

  @Test
  void aConcurrencyLimitRecoversSooner() throws Exception {
    try (EmbeddedEtcd etcd = EmbeddedEtcd.builder().build()) {
      etcd.start();
      CollapseReport report =
          runOnPlatform(
              "limited",
              platform(etcd).adaptiveConcurrencyLimit(ConcurrencyLimitSettings.defaults()));

      report.assertStable();
    }
  }

  private CollapseReport runOnPlatform(String name, PlatformBuilder builder) throws Exception {
    try (Platform platform = builder.build()) {
      var unused = platform.serve(0, products);
      await().atMost(LIMIT).until(() -> platform.registration().isHeld());
      ProductServiceFutureStub stub =
          ProductServiceGrpc.newFutureStub(platform.channel("product-service"));
      return run(
          name,
          Request.future(
              () ->
                  stub.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                      .getProduct(GetProductRequest.getDefaultInstance())),
          Map.of());
    }
  }

  private CollapseReport run(String name, Request request, Map<String, String> properties)
      throws Exception {
    CollapseCheckBuilder check =
        CollapseCheck.of(name, request)
            .deadline(DEADLINE)
            .capacity(SlowProducts.CAPACITY)
            .loads(0.8)
            .trigger(Trigger.stall("database", products.database()))
            .triggerLasts(Duration.ofSeconds(2))
            .steady(Duration.ofSeconds(1), Duration.ofMillis(500))
            .observe(Duration.ofSeconds(10))
            .afterCollapse(() -> {});
    if (!properties.isEmpty()) {
      check.properties(name, properties);
    }
    CollapseReport report = check.build().run().writePlot(PLOTS.resolve(name + ".svg"));
    report.table().lines().forEach(line -> Report.line("%s", line));
    return report;
  }

  private static PlatformBuilder platform(EmbeddedEtcd etcd) {
    return Platform.builder("product-service")
        .etcdEndpoints(etcd.endpoint().toString())
        .advertise("127.0.0.1")
        .closeAtShutdown(false);
  }

  private static ListenableFuture<GetProductResponse> attempt(
      ProductServiceFutureStub stub, int left) {
    ListenableFuture<GetProductResponse> answer =
        stub.withDeadlineAfter(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS)
            .getProduct(GetProductRequest.getDefaultInstance());
    if (left == 1) {
      return answer;
    }
    return Futures.catchingAsync(
        answer,
        StatusRuntimeException.class,
        late -> attempt(stub, left - 1),
        MoreExecutors.directExecutor());
  }
}
