package dev.platform.inventory.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.inventory.InventoryTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** The server's own limit and priorities, with a limit that is not refilled during the test. */
@TestPropertySource(
    properties = {
      "platform.resilience.rate-limit.enabled=true",
      "resilience4j.ratelimiter.instances.all-calls.limit-for-period=20",
      "resilience4j.ratelimiter.instances.all-calls.limit-refresh-period=1h"
    })
class RateLimitPriorityTest extends InventoryTest {

  @Test
  void readsLeaveAPartOfTheLimitToWhatChangesStock() {
    assertThat(accepted(() -> inventory.checkStock(CheckStockRequest.getDefaultInstance())))
        .isEqualTo(10);
    ProductServiceGrpc.ProductServiceBlockingStub products =
        ProductServiceGrpc.newBlockingStub(channel);
    assertThat(accepted(() -> products.getProduct(GetProductRequest.getDefaultInstance())))
        .isEqualTo(4);
    assertThat(accepted(() -> inventory.reserve(ReserveRequest.getDefaultInstance()))).isEqualTo(6);
  }

  /** Of thirty calls; one that the handler refuses was accepted by the limit. */
  private static int accepted(Runnable call) {
    int accepted = 0;
    for (int i = 0; i < 30; i++) {
      try {
        call.run();
        accepted++;
      } catch (StatusRuntimeException e) {
        accepted += e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED ? 0 : 1;
      }
    }
    return accepted;
  }
}
