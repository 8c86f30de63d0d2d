package dev.platform.inventory.api;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.PreconditionFailure;
import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.inventory.InventoryTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input over a real socket is rejected with reason and field, and has no effect. */
class BadInputTest extends InventoryTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A trolley: one character of two Java chars and four bytes. */
  private static final String WIDE = "\ud83d\uded2";

  private String stockBefore;

  @BeforeEach
  void count() {
    stockBefore = stock();
  }

  @AfterEach
  void nothingHappened() {
    assertThat(stock()).isEqualTo(stockBefore);
  }

  static Stream<Arguments> invalidIds() {
    return Stream.of(
        Arguments.of("a\u0000b", " must not contain control characters"),
        Arguments.of("a\u001b[2J", " must not contain control characters"),
        Arguments.of("a\u0085", " must not contain control characters"),
        Arguments.of("", " is required"),
        Arguments.of(" \u2003\t", " is required"),
        Arguments.of("x".repeat(129), " must have at most 128 characters: 129"),
        Arguments.of("x".repeat(1_000_000), " must have at most 128 characters: 1000000"));
  }

  @ParameterizedTest
  @MethodSource("invalidIds")
  void refusesInvalidIds(String bad, String problem) {
    assertRefused("product_ids[1]" + problem, () -> inventory.checkStock(levels("p-1", bad)));
    assertRefused("reservation_id" + problem, () -> inventory.reserve(reservation(bad, "p-1", 1)));
    assertRefused(
        "lines[0].product_id" + problem, () -> inventory.reserve(reservation("r", bad, 1)));
    assertRefused(
        "reservation_id" + problem,
        () -> inventory.confirm(ConfirmRequest.newBuilder().setReservationId(bad).build()));
    assertRefused(
        "reservation_id" + problem,
        () -> inventory.release(ReleaseRequest.newBuilder().setReservationId(bad).build()));
    assertRefused(
        "product_id" + problem,
        () ->
            ProductServiceGrpc.newBlockingStub(channel)
                .getProduct(GetProductRequest.newBuilder().setProductId(bad).build()));
    assertRefused(
        "user_id" + problem,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(bad).build()));
    assertThat(watching(bad)).isEqualTo("INVALID_ARGUMENT: subscribe[0]" + problem);
    assertThat(imported(line(bad, 1)).getErrors(0).getMessage()).isEqualTo("product_id" + problem);
  }

  @Test
  void countsCodePointsNotChars() {
    assertFails(
        () -> inventory.reserve(reservation(WIDE.repeat(128), "p-1", 0)),
        INVALID_ARGUMENT,
        "lines[0].quantity must be at least 1: 0");
    assertFails(
        () -> inventory.reserve(reservation(WIDE.repeat(129), "p-1", 1)),
        INVALID_ARGUMENT,
        "reservation_id must have at most 128 characters: 129");
  }

  @Test
  void refusesTenThousandLinesAndNamesTheLimit() {
    ReserveRequest.Builder request = ReserveRequest.newBuilder().setReservationId(unique("order"));
    CheckStockRequest.Builder levels = CheckStockRequest.newBuilder();
    for (int i = 0; i < 10_000; i++) {
      with(request, "p-" + i, 1);
      levels.addProductIds("p-" + i);
    }

    assertFails(
        () -> inventory.reserve(request.build()),
        INVALID_ARGUMENT,
        "lines must have at most 1000 entries: 10000");
    assertFails(
        () -> inventory.checkStock(levels.build()),
        INVALID_ARGUMENT,
        "product_ids must have at most 1000 entries: 10000");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesInvalidQuantities(int quantity) {
    assertFails(
        () -> inventory.reserve(reservation(unique("order"), "p-1", quantity)),
        INVALID_ARGUMENT,
        "lines[0].quantity must be at least 1: " + quantity);
    assertThat(imported(line("p-1", quantity)).getErrors(0).getMessage())
        .isEqualTo("quantity must be at least 1: " + quantity);
  }

  @Test
  void noQuantityOverflows() {
    assertFails(
        () -> inventory.reserve(reservation(unique("order"), "p-1", Integer.MAX_VALUE)),
        FAILED_PRECONDITION,
        "insufficient stock: p-1 (asked 2147483647, available "
            + level("p-1").getAvailable()
            + ")");
  }

  @Test
  void ignoresUnknownFields() {
    UnknownFieldSet.Field later = UnknownFieldSet.Field.newBuilder().addVarint(7).build();
    CheckStockRequest request =
        levels("p-1").toBuilder()
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(99, later).build())
            .build();

    assertThat(inventory.checkStock(request).getLevelsList()).containsExactly(level("p-1"));
  }

  @Test
  void listsAsManyShortagesAsFitIntoAnAnswer() throws Exception {
    String order = unique("order");
    ReserveRequest.Builder request = ReserveRequest.newBuilder().setReservationId(order);
    for (int i = 0; i < 1000; i++) {
      String id = "%04d".formatted(i) + WIDE.repeat(30) + order;
      jdbc.sql("insert into product values (?, 'a', 'b', 100, 'EUR')").param(id).update();
      jdbc.sql("insert into stock (product_id, available) values (?, 0)").param(id).update();
      with(request, id, Integer.MAX_VALUE);
    }

    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> inventory.reserve(request.build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription())
        .startsWith("insufficient stock: 0000" + WIDE)
        .endsWith(" (asked 2147483647, available 0) and 997 more");
    assertThat(
            StatusProto.fromThrowable(failure)
                .getDetails(1)
                .unpack(PreconditionFailure.class)
                .getViolationsList())
        .hasSize(3);
    jdbc.sql("delete from stock where product_id like ?").param("%" + order).update();
    jdbc.sql("delete from product where id like ?").param("%" + order).update();
  }

  private void assertRefused(String message, Runnable call) {
    assertFails(call::run, INVALID_ARGUMENT, message);
  }

  private static CheckStockRequest levels(String... products) {
    return CheckStockRequest.newBuilder().addAllProductIds(List.of(products)).build();
  }

  private static ImportStockRequest line(String productId, int quantity) {
    return ImportStockRequest.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }

  private ImportStockResponse imported(ImportStockRequest line) {
    Answers<ImportStockResponse> answers = new Answers<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(channel).importStock(answers);
    lines.onNext(line);
    lines.onCompleted();
    assertThat(answers.end()).isEqualTo("OK: null");
    assertThat(answers.all.get(0).getLinesImported()).isZero();
    return answers.all.get(0);
  }

  private String watching(String productId) {
    Answers<WatchStockResponse> answers = new Answers<>();
    StreamObserver<WatchStockRequest> watch =
        InventoryServiceGrpc.newStub(channel).watchStock(answers);
    watch.onNext(WatchStockRequest.newBuilder().addSubscribe(productId).build());
    return answers.end();
  }

  /** All stock and all reservations. */
  private String stock() {
    return jdbc.sql(
            """
            select (select count(*) from reservation) || ' reservations, '
              || (select sum(available) || ', ' || sum(reserved) || ', ' || sum(sold) from stock)
            """)
        .query(String.class)
        .single();
  }

  private static final class Answers<A> implements StreamObserver<A> {

    private final List<A> all = new ArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    String end() {
      await().atMost(TIMEOUT).until(end::isDone);
      return end.join().getCode() + ": " + end.join().getDescription();
    }

    @Override
    public void onNext(A answer) {
      all.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }
}
