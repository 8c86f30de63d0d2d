package dev.platform.inventory.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.inventory.InventoryTest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StockWatchTest extends InventoryTest {

  private final Queue<StockLevel> seen = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Status> end = new AtomicReference<>();

  @Test
  void sendsTheLevelImmediatelyAndAfterEveryChange() {
    String mug = product(10);
    StreamObserver<WatchStockRequest> watch = watch();

    watch.onNext(subscribe(mug));
    awaitLast(level(mug, 10, 0, 0));
    inventory.reserve(reservation(unique("order"), mug, 4));

    awaitLast(level(mug, 6, 4, 0));
    assertThat(seen).hasSize(2);
  }

  @Test
  void seesChangesByOtherInstances() {
    String mug = product(10);
    watch().onNext(subscribe(mug));
    awaitLast(level(mug, 10, 0, 0));

    jdbc.sql("update stock set available = 3 where product_id = ?").param(mug).update();

    awaitLast(level(mug, 3, 0, 0));
  }

  @Test
  void followsSubscriptionsAndUnsubscriptions() {
    String mug = product(1);
    String lamp = product(2);
    StreamObserver<WatchStockRequest> watch = watch();
    watch.onNext(subscribe(mug));
    awaitLast(level(mug, 1, 0, 0));

    watch.onNext(WatchStockRequest.newBuilder().addSubscribe(lamp).addUnsubscribe(mug).build());
    awaitLast(level(lamp, 2, 0, 0));
    jdbc.sql("update stock set available = 77 where product_id = ?").param(mug).update();
    jdbc.sql("update stock set available = 88 where product_id = ?").param(lamp).update();

    awaitLast(level(lamp, 88, 0, 0));
    assertThat(seen).hasSize(3);
  }

  @Test
  void sendsTheLevelsThenEndsAfterTheClientsHalfClose() {
    String mug = product(10);
    StreamObserver<WatchStockRequest> watch = watch();

    watch.onNext(subscribe(mug));
    watch.onCompleted();

    awaitEnd();
    assertThat(end.get().isOk()).isTrue();
    assertThat(seen).containsExactly(level(mug, 10, 0, 0));
  }

  @Test
  void refusesAnInvalidSubscription() {
    watch().onNext(subscribe("p-1", ""));

    awaitEnd();
    assertThat(end.get().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.get().getDescription()).isEqualTo("subscribe[1] is required");
  }

  @Test
  void refusesToWatchMoreThanAThousandProducts() {
    watch()
        .onNext(subscribe(IntStream.range(0, 1001).mapToObj(i -> "x-" + i).toArray(String[]::new)));

    awaitEnd();
    assertThat(end.get().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.get().getDescription())
        .isEqualTo("a stream can watch at most 1000 products: 1001");
  }

  private StreamObserver<WatchStockRequest> watch() {
    return InventoryServiceGrpc.newStub(channel)
        .watchStock(
            new StreamObserver<>() {
              @Override
              public void onNext(WatchStockResponse response) {
                seen.add(response.getLevel());
              }

              @Override
              public void onError(Throwable failure) {
                end.set(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                end.set(Status.OK);
              }
            });
  }

  private static WatchStockRequest subscribe(String... products) {
    return WatchStockRequest.newBuilder().addAllSubscribe(List.of(products)).build();
  }

  private void awaitLast(StockLevel level) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(new ArrayList<>(seen)).isNotEmpty().endsWith(level));
  }

  private void awaitEnd() {
    await().atMost(Duration.ofSeconds(10)).until(() -> end.get() != null);
  }
}
