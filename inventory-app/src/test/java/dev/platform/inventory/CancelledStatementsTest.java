package dev.platform.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayFutureStub;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.RefundRequest;
import dev.platform.contracts.bank.v1.RefundResponse;
import dev.platform.core.deadline.DetachedWork;
import dev.platform.inventory.domain.Transaction;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.devh.boot.grpc.server.service.GrpcService;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** A finished call leaves no running statement in PostgreSQL and no blocked thread. */
@Import(CancelledStatementsTest.SlowService.class)
@TestPropertySource(
    properties = {
      "spring.datasource.hikari.maximum-pool-size=3",
      "spring.datasource.hikari.connection-timeout=60000"
    })
class CancelledStatementsTest extends InventoryTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Autowired private SlowService slow;
  @Autowired private Transaction transaction;
  @Autowired private MeterRegistry meters;

  private BankGatewayFutureStub calls;

  @BeforeEach
  void stub() {
    calls = BankGatewayGrpc.newFutureStub(channel);
    slow.failures.clear();
  }

  @AfterEach
  void nothingIsLeft() {
    awaitUntil(() -> slow.working.get() == 0 && statements("pg_sleep").isEmpty());
  }

  @Test
  void aStatementEndsAtTheDeadlineOfItsCall() {
    double before = meters.counter("platform.jdbc.cancelled").count();

    assertThat(refusal(() -> sleep("select pg_sleep(30)", 1000).get()).getCode())
        .isEqualTo(Code.DEADLINE_EXCEEDED);

    awaitUntil(() -> slow.working.get() == 0);
    assertThat(statements("pg_sleep")).isEmpty();
    assertThat(slow.failures)
        .singleElement()
        .isInstanceOf(QueryTimeoutException.class)
        .asString()
        // Either the server's own deadline or the caller's cancellation comes first.
        .containsPattern(
            "the gRPC call of this statement has ended: (DEADLINE_EXCEEDED|CANCELLED)");
    assertThat(meters.counter("platform.jdbc.cancelled").count()).isEqualTo(before + 1);
  }

  @Test
  void aStatementEndsWhenTheCallIsCancelled() {
    ListenableFuture<RefundResponse> call = sleep("select pg_sleep(30)", 60_000);
    awaitUntil(() -> statements("pg_sleep").size() == 1);

    call.cancel(true);

    awaitUntil(() -> slow.working.get() == 0);
    assertThat(statements("pg_sleep")).isEmpty();
  }

  @Test
  void aConnectionIsReusableAfterACancellation() throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(refusal(() -> sleep("select pg_sleep(30)", 300).get()).getCode())
          .isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    assertThat(sleep("select pg_sleep(0)", 60_000).get()).isNotNull();
  }

  @Test
  void anEndedCallDoesNotWaitForAConnection() {
    List<ListenableFuture<RefundResponse>> all =
        List.of(
            sleep("select pg_sleep(30)", 60_000),
            sleep("select pg_sleep(30)", 60_000),
            sleep("select pg_sleep(30)", 60_000));
    awaitUntil(() -> slow.working.get() == 3);

    assertThat(refusal(() -> sleep("select 1", 1000).get()).getCode())
        .isEqualTo(Code.DEADLINE_EXCEEDED);

    awaitUntil(() -> slow.working.get() == 3);
    all.forEach(call -> call.cancel(true));
  }

  @Test
  void aTransactionWaitingForALockIsCancelled() throws Exception {
    String product = product(5);
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> transaction.within(() -> hold(product, locked, done)));
    assertThat(locked.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(
            refusal(
                    () ->
                        inventory
                            .withDeadlineAfter(1, TimeUnit.SECONDS)
                            .reserve(reservation(unique("order"), product, 2)))
                .getCode())
        .isEqualTo(Code.DEADLINE_EXCEEDED);

    awaitUntil(() -> statements("stock").isEmpty());
    done.countDown();
    other.get(20, TimeUnit.SECONDS);
    assertThat(level(product)).isEqualTo(level(product, 5, 0, 0));
  }

  @Test
  void detachedWorkIsCompleted() {
    assertThat(refusal(() -> sleep("detached", 500).get()).getCode())
        .isEqualTo(Code.DEADLINE_EXCEEDED);

    awaitUntil(() -> slow.working.get() == 0);
    assertThat(slow.failures).isEmpty();
  }

  private static Status refusal(ThrowingCallable call) {
    return Status.fromThrowable(catchThrowable(call));
  }

  private ListenableFuture<RefundResponse> sleep(String statement, long millis) {
    return calls
        .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
        .refund(RefundRequest.newBuilder().setReference(statement).build());
  }

  private List<String> statements(String text) {
    return jdbc.sql(
            """
            select query from pg_stat_activity
            where state = 'active' and pid <> pg_backend_pid() and query like ?
            """)
        .param("%" + text + "%")
        .query(String.class)
        .list();
  }

  private Void hold(String product, CountDownLatch locked, CountDownLatch done) {
    jdbc.sql("set local idle_in_transaction_session_timeout = 0").update();
    jdbc.sql("select available from stock where product_id = ? for update")
        .param(product)
        .query(Long.class)
        .single();
    locked.countDown();
    try {
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return null;
  }

  private static void awaitUntil(Callable<Boolean> condition) {
    Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  /** Runs a given statement. */
  @GrpcService
  static class SlowService extends BankGatewayImplBase {

    final AtomicInteger working = new AtomicInteger();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final JdbcClient jdbc;

    SlowService(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @Override
    public void refund(RefundRequest request, StreamObserver<RefundResponse> answer) {
      working.incrementAndGet();
      try {
        if (request.getReference().equals("detached")) {
          DetachedWork.run(() -> execute("select pg_sleep(1)"));
        } else {
          execute(request.getReference());
        }
        answer.onNext(RefundResponse.getDefaultInstance());
        answer.onCompleted();
      } catch (RuntimeException e) {
        failures.add(e);
        throw e;
      } finally {
        working.decrementAndGet();
      }
    }

    private void execute(String statement) {
      jdbc.sql(statement).query().listOfRows();
    }
  }
}
