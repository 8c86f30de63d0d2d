package dev.platform.core.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.core.fault.Fault.Side;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults injected into calls over a real socket, on client or server. */
class FaultInterceptorsTest {

  private static final String PRODUCTS = "product.v1.ProductService";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private FaultyShop shop;

  @BeforeEach
  void open() throws IOException {
    shop = new FaultyShop();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void anAbortedCallReachesNoHandlerAndIsIdentifiable(Side side) throws Exception {
    Fault fault = shop.inject(side, PRODUCTS + "/GetProduct", 1, null, Status.Code.UNAVAILABLE);
    StatusRuntimeException failure = failure(get());
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription()).isEqualTo("injected fault");
    assertThat(trailer(failure, "platform-injected-fault")).isEqualTo(fault.id());
    assertThat(trailer(failure, "platform-rejected-by")).isNull();
    assertThat(shop.served).hasValue(0);
    assertThat(
            shop.meters
                .get("platform.faults.injected")
                .tag("side", side.id())
                .tag("method", PRODUCTS + "/GetProduct")
                .tag("effect", "abort")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void aDelayedCallIsServedLaterUnderItsDeadline(Side side) throws Exception {
    shop.inject(side, PRODUCTS, 1, Duration.ofMillis(200), null);
    long start = System.nanoTime();
    get().get();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(199));
    assertThat(shop.deadlineKnown).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void aCallCanBeDelayedAndThenAborted(Side side) throws Exception {
    shop.inject(side, PRODUCTS, 1, Duration.ofMillis(200), Status.Code.INTERNAL);
    long start = System.nanoTime();
    assertThat(failure(get()).getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(199));
    assertThat(shop.served).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void messagesOfADelayedStreamArriveInOrder(Side side) throws Exception {
    shop.inject(side, "inventory.v1.InventoryService", 1, Duration.ofMillis(200), null);
    CompletableFuture<ImportStockResponse> answer = new CompletableFuture<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(shop.channel).importStock(into(answer));
    for (int i = 0; i < 300; i++) {
      lines.onNext(ImportStockRequest.newBuilder().setQuantity(i).build());
    }
    lines.onCompleted();
    answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertThat(shop.imported).isEqualTo(IntStream.range(0, 300).boxed().toList());
  }

  @Test
  void delayedCallsHoldNoThread() throws Exception {
    shop.inject(Side.SERVER, PRODUCTS, 1, Duration.ofHours(1), null);
    for (int i = 0; i < 20; i++) {
      get();
    }
    await().atMost(TIMEOUT).until(() -> shop.delayed() == 20);
    // Completed on the server's only thread.
    CompletableFuture<ImportStockResponse> answer = new CompletableFuture<>();
    InventoryServiceGrpc.newStub(shop.channel).importStock(into(answer)).onCompleted();
    answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void aCancelledDelayedCallEndsImmediately(Side side) {
    shop.inject(side, PRODUCTS, 1, Duration.ofHours(1), null);
    ListenableFuture<GetProductResponse> call = products().getProduct(anything());
    await().atMost(TIMEOUT).until(() -> shop.delayed() == 1);
    call.cancel(true);
    await().atMost(TIMEOUT).until(() -> shop.delayed() == 0);
    assertThat(shop.served).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Side.class)
  void aDelayedCallEndsAtItsDeadline(Side side) throws Exception {
    shop.inject(side, PRODUCTS, 1, Duration.ofHours(1), null);
    var call = products().withDeadlineAfter(300, TimeUnit.MILLISECONDS).getProduct(anything());
    assertThat(failure(call).getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    await().atMost(TIMEOUT).until(() -> shop.delayed() == 0);
  }

  @Test
  void aRatioAffectsAPartOfTheCalls() throws Exception {
    Fault fault = shop.inject(Side.SERVER, "*", 0.5, null, Status.Code.INTERNAL);
    List<ListenableFuture<GetProductResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      calls.add(get());
    }
    int failed = 0;
    for (ListenableFuture<GetProductResponse> call : calls) {
      failed += failureOrNull(call) == null ? 0 : 1;
    }
    assertThat(failed).isBetween(100, 300);
    assertThat(fault.injected().sum()).isEqualTo(failed);
    assertThat(shop.served).hasValue(400 - failed);
  }

  @Test
  void aFaultInAllMethodsExcludesGrpcsOwnServices() throws Exception {
    shop.inject(Side.SERVER, "*", 1, null, Status.Code.INTERNAL);
    HealthGrpc.newBlockingStub(shop.channel).check(HealthCheckRequest.getDefaultInstance());
    assertThat(failure(get()).getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
  }

  private ListenableFuture<GetProductResponse> get() {
    return products()
        .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .getProduct(anything());
  }

  private ProductServiceFutureStub products() {
    return ProductServiceGrpc.newFutureStub(shop.channel);
  }

  private static GetProductRequest anything() {
    return GetProductRequest.getDefaultInstance();
  }

  private static StatusRuntimeException failure(ListenableFuture<?> call)
      throws InterruptedException {
    StatusRuntimeException failure = failureOrNull(call);
    assertThat(failure).isNotNull();
    return failure;
  }

  private static @Nullable StatusRuntimeException failureOrNull(ListenableFuture<?> call)
      throws InterruptedException {
    try {
      call.get();
      return null;
    } catch (ExecutionException e) {
      return (StatusRuntimeException) e.getCause();
    }
  }

  private static @Nullable String trailer(StatusRuntimeException failure, String name) {
    return failure.getTrailers().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  private static StreamObserver<ImportStockResponse> into(
      CompletableFuture<ImportStockResponse> answer) {
    return new StreamObserver<>() {

      @Override
      public void onNext(ImportStockResponse summary) {
        answer.complete(summary);
      }

      @Override
      public void onError(Throwable failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {}
    };
  }
}
