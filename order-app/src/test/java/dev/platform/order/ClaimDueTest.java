package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.domain.DueWork;
import dev.platform.order.domain.Move;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderStatus;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Task;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Concurrent jobs claim orders and may exceed their claim's duration. */
class ClaimDueTest extends MallTest {

  private static final int ORDERS = 400;
  private static final int WORKERS = 4;

  /** Later than all due times of the app's own jobs in this test. */
  private static final Instant FAR_FUTURE = Instant.parse("2100-01-01T00:00:00Z");

  @Autowired private Orders orderRecord;

  @Test
  void neverReturnsAnOrderWhoseStatusHasChangedMeanwhile() throws Exception {
    ship(ORDERS);
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    List<Future<List<OrderStatus>>> seen = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      seen.add(workers.submit(this::deliverAll));
    }
    workers.shutdown();

    for (Future<List<OrderStatus>> statuses : seen) {
      assertThat(statuses.get(60, TimeUnit.SECONDS)).allMatch(OrderStatus.SHIPPED::equals);
    }
    assertThat(count("status = 'COMPLETED'")).isEqualTo(ORDERS);
  }

  /** Claims expire at once, so that all workers get the same orders. */
  private List<OrderStatus> deliverAll() {
    List<OrderStatus> seen = new ArrayList<>();
    while (true) {
      List<Order> due =
          orderRecord.claimDue(Task.FULFILMENT, FAR_FUTURE, FAR_FUTURE, 20).stream()
              .map(DueWork::work)
              .filter(order -> order.userId().equals(user))
              .toList();
      if (due.isEmpty() && count("status = 'SHIPPED'") == 0) {
        return seen;
      }
      for (Order order : due) {
        seen.add(order.status());
        if (order.status() == OrderStatus.SHIPPED) {
          orderRecord.move(delivery(order));
        }
      }
    }
  }

  private static Move delivery(Order order) {
    return new Move(
        order, OrderStatus.COMPLETED, "Delivered", "", FAR_FUTURE, Optional.empty(), false);
  }

  private void ship(int howMany) {
    jdbc.sql(
            """
            insert into orders
              (order_id, user_id, status, total_minor, currency, last_sequence, created_at, due_at)
            select :user || '-' || n, :user, 'SHIPPED', 100, 'EUR', 3, now(), :due
            from generate_series(1, :howMany) n
            """)
        .param("user", user)
        .param("due", Timestamp.from(FAR_FUTURE))
        .param("howMany", howMany)
        .update();
  }

  private int count(String condition) {
    return jdbc.sql("select count(*) from orders where user_id = ? and " + condition)
        .param(user)
        .query(Integer.class)
        .single();
  }
}
