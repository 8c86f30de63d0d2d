package dev.platform.inventory.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.inventory.InventoryTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class ConcurrentReservationTest extends InventoryTest {

  private static final int THREADS = 16;

  @Test
  void neverOversells() throws Exception {
    String mug = product(100);

    Map<Status.Code, Integer> outcomes = race(50, attempt -> reservation(unique("order"), mug, 1));

    assertThat(outcomes)
        .isEqualTo(Map.of(Status.Code.OK, 100, Status.Code.FAILED_PRECONDITION, 700));
    assertThat(level(mug)).isEqualTo(level(mug, 0, 100, 0));
  }

  @Test
  void doesNotDeadlockWhenOrdersListProductsInDifferentOrder() throws Exception {
    String mug = product(1000);
    String lamp = product(1000);

    Map<Status.Code, Integer> outcomes =
        race(
            25,
            attempt -> {
              ReserveRequest.Builder order =
                  ReserveRequest.newBuilder().setReservationId(unique("order"));
              boolean mugFirst = attempt % 2 == 0;
              with(with(order, mugFirst ? mug : lamp, 1), mugFirst ? lamp : mug, 1);
              return order.build();
            });

    assertThat(outcomes).isEqualTo(Map.of(Status.Code.OK, 400));
    assertThat(level(mug)).isEqualTo(level(mug, 600, 400, 0));
    assertThat(level(lamp)).isEqualTo(level(lamp, 600, 400, 0));
  }

  @Test
  void reservesOnceForConcurrentDuplicates() throws Exception {
    String mug = product(100);
    String order = unique("order");

    Map<Status.Code, Integer> outcomes = race(5, attempt -> reservation(order, mug, 3));

    assertThat(outcomes).isEqualTo(Map.of(Status.Code.OK, 80));
    assertThat(level(mug)).isEqualTo(level(mug, 97, 3, 0));
  }

  @Test
  void leavesNothingReservedWhenReserveAndReleaseRace() throws Exception {
    String mug = product(100);
    for (int i = 0; i < 20; i++) {
      String order = unique("order");
      race(1, attempt -> reservation(order, mug, 1), () -> release(order));
    }
    assertThat(level(mug)).isEqualTo(level(mug, 100, 0, 0));
  }

  private Status.Code release(String order) {
    inventory.release(ReleaseRequest.newBuilder().setReservationId(order).build());
    return Status.Code.OK;
  }

  private Status.Code reserve(ReserveRequest request) {
    try {
      inventory.reserve(request);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @SafeVarargs
  private Map<Status.Code, Integer> race(
      int attempts, IntFunction<ReserveRequest> request, Callable<Status.Code>... others)
      throws Exception {
    Map<Status.Code, Integer> outcomes = new ConcurrentHashMap<>();
    CyclicBarrier start = new CyclicBarrier(THREADS + others.length);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + others.length);
    List<Future<?>> done = new ArrayList<>();
    for (Callable<Status.Code> other : others) {
      done.add(
          threads.submit(
              () -> {
                start.await();
                return other.call();
              }));
    }
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      done.add(
          threads.submit(
              () -> {
                start.await();
                for (int i = 0; i < attempts; i++) {
                  outcomes.merge(reserve(request.apply(first + i)), 1, Integer::sum);
                }
                return null;
              }));
    }
    threads.shutdown();
    for (Future<?> one : done) {
      one.get();
    }
    return outcomes;
  }
}
