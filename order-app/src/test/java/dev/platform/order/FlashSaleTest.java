package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.order.FakeMall.Paying;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Many concurrent orders of one product. */
@TestPropertySource(
    properties = {
      // The other tests' app may run at the same time, and would do its work.
      "grpc.server.port=0",
      "mall.test.database=flash",
      // A payment that hangs holds its permit longer than any waiting call's deadline.
      "mall.order.payment-timeout=60s",
      "mall.flash-sale.products=p-flash,p-rush",
      "mall.flash-sale.at-once=1",
      "mall.flash-sale.max-waiting=1",
      "mall.flash-sale.max-wait=2s"
    })
class FlashSaleTest extends EdgeTest {

  @Autowired private MeterRegistry meters;
  @Autowired private GrpcServerProperties server;

  private ManagedChannel channel;
  private ListenableFuture<CreateOrderResponse> slow;

  @BeforeEach
  void sell() {
    channel = channelTo(server.getPort());
    MALL.sells("p-flash", 100, 1000);
    MALL.sells("p-rush", 100, 1000);
  }

  @AfterEach
  void stop() {
    slow.cancel(true);
    channel.shutdownNow();
    MALL.paying.remove(user);
    awaitWaiting(0);
  }

  @Test
  void anOrderWaitsForItsTurn() throws Exception {
    startSlowOrder();
    ListenableFuture<CreateOrderResponse> next = placing(order("p-flash", 1).setUserId("next"));
    awaitWaiting(1);

    slow.cancel(true);

    assertThat(next.get(20, TimeUnit.SECONDS).getOrderId()).isNotEmpty();
  }

  @Test
  void anOrderIsRefusedIfItWaitsTooLong() {
    startSlowOrder();
    long start = System.nanoTime();

    StatusRuntimeException refusal = refused(placing(order("p-flash", 1)));

    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(10));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo("too many orders wait for product p-flash, try again soon");
    assertThat(trailer(refusal, "platform-rejected-by")).isEqualTo("concurrency-limit");
    assertThat(trailer(refusal, "grpc-retry-pushback-ms")).isEqualTo("2000");
  }

  @Test
  void overHttpTheRefusalHasARetryAfter() {
    startSlowOrder();

    HttpResponse<String> response = send(post(orderJson("p-flash", 1)));

    JsonNode problem = problem(response, 429);
    assertThat(problem.get("code").textValue()).isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(response.headers().firstValue("Retry-After")).contains("2");
  }

  @Test
  void aFullQueueRefusesImmediately() {
    startSlowOrder();
    ListenableFuture<CreateOrderResponse> waiting = placing(order("p-flash", 1));
    awaitWaiting(1);

    Status refusal = refused(placing(order("p-flash", 1))).getStatus();

    assertThat(refusal.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(waiting.isDone()).as("rejected ahead of the waiting order").isFalse();
    waiting.cancel(true);
  }

  @Test
  void aCancelledOrderFreesItsPlaceInTheQueue() {
    startSlowOrder();
    ListenableFuture<CreateOrderResponse> impatient = placing(order("p-flash", 1));
    awaitWaiting(1);

    impatient.cancel(true);

    awaitWaiting(0);
  }

  @Test
  void ordersOfOtherProductsDoNotWait() throws Exception {
    startSlowOrder();

    assertThat(placing(order("p-mug", 1).setUserId("a")).get(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(placing(order("p-rush", 1).setUserId("b")).get(20, TimeUnit.SECONDS)).isNotNull();
  }

  /** Starts an order of p-flash that keeps its permit. */
  private void startSlowOrder() {
    MALL.paying.put(user, Paying.HANGS);
    slow = placing(order("p-flash", 1));
    Awaitility.await().atMost(SOON).until(() -> ordersOfUser().size() == 1);
  }

  private ListenableFuture<CreateOrderResponse> placing(CreateOrderRequest.Builder request) {
    return OrderServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .createOrder(request.build());
  }

  private void awaitWaiting(int count) {
    Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                meters.get("mall.flash.sale.waiting").tag("product", "p-flash").gauge().value()
                    == count);
  }

  private static StatusRuntimeException refused(ListenableFuture<?> call) {
    try {
      call.get(20, TimeUnit.SECONDS);
      throw new AssertionError("the order should have been refused");
    } catch (ExecutionException e) {
      return (StatusRuntimeException) e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static String trailer(StatusRuntimeException failure, String name) {
    return failure.getTrailers().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }
}
