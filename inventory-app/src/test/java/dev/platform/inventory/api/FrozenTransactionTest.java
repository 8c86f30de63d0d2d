package dev.platform.inventory.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.inventory.InventoryTest;
import dev.platform.inventory.domain.Transaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class FrozenTransactionTest extends InventoryTest {

  @Autowired private Transaction transaction;

  @Test
  void aStalledTransactionLosesItsLocks() throws Exception {
    String product = product(5);
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch thawed = new CountDownLatch(1);
    CompletableFuture<Integer> frozen =
        CompletableFuture.supplyAsync(
            () -> transaction.within(() -> take(product, locked, thawed)));
    assertThat(locked.await(20, TimeUnit.SECONDS)).isTrue();

    inventory
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .reserve(reservation(unique("order"), product, 2));

    thawed.countDown();
    assertThatThrownBy(frozen::get).isInstanceOf(ExecutionException.class);
    assertThat(level(product)).isEqualTo(level(product, 3, 2, 0));
  }

  private int take(String product, CountDownLatch locked, CountDownLatch thawed) {
    int taken =
        jdbc.sql("update stock set available = available - 1 where product_id = ?")
            .param(product)
            .update();
    locked.countDown();
    try {
      thawed.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return taken;
  }
}
