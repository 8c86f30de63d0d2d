package dev.platform.inventory.api;

import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.PreconditionFailure.Violation;
import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.inventory.InventoryTest;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReservationTest extends InventoryTest {

  private final String order = unique("order");

  @Test
  void movesStockFromAvailableToReservedToSold() {
    String mug = product(10);

    ReserveResponse held = inventory.reserve(reservation(order, mug, 3));
    assertThat(level(mug)).isEqualTo(level(mug, 7, 3, 0));
    assertThat(held.getExpiresAt())
        .isBetween(
            clock.instant().getEpochSecond() + 14 * 60, clock.instant().getEpochSecond() + 15 * 60);

    confirm(order);
    assertThat(level(mug)).isEqualTo(level(mug, 7, 0, 3));
  }

  @Test
  void answersARepeatedReservationLikeTheFirst() {
    String mug = product(10);
    String lamp = product(10);
    ReserveRequest.Builder there = ReserveRequest.newBuilder().setReservationId(order);
    ReserveRequest.Builder back = ReserveRequest.newBuilder().setReservationId(order);

    ReserveResponse first = inventory.reserve(with(with(there, mug, 3), lamp, 1).build());
    clock.forward(Duration.ofSeconds(2));
    ReserveResponse second = inventory.reserve(with(with(back, lamp, 1), mug, 3).build());
    confirm(order);
    ReserveResponse third = inventory.reserve(there.build());

    assertThat(second).isEqualTo(first);
    assertThat(third).isEqualTo(first);
    assertThat(level(mug)).isEqualTo(level(mug, 7, 0, 3));
  }

  @Test
  void refusesDifferentLinesUnderAKnownId() {
    String mug = product(10);
    inventory.reserve(reservation(order, mug, 3));

    assertFails(
        () -> inventory.reserve(reservation(order, mug, 4)),
        ALREADY_EXISTS,
        "reservation " + order + " is known already, with other lines");
    assertThat(level(mug)).isEqualTo(level(mug, 7, 3, 0));
  }

  @Test
  void reservesNothingIfAnyLineIsShortAndListsAllShortLines() {
    String plenty = product(10);
    String few = product(1);
    String none = product(0);
    ReserveRequest.Builder request = ReserveRequest.newBuilder().setReservationId(order);
    with(with(with(request, none, 2), plenty, 3), few, 3);
    String fewShort = few + " (asked 3, available 1)";
    String noneShort = none + " (asked 2, available 0)";
    boolean fewFirst = few.compareTo(none) < 0;

    assertFails(
        () -> inventory.reserve(request.build()),
        FAILED_PRECONDITION,
        "insufficient stock: "
            + (fewFirst ? fewShort + ", " + noneShort : noneShort + ", " + fewShort));
    assertThat(level(plenty)).isEqualTo(level(plenty, 10, 0, 0));
    assertThat(level(few)).isEqualTo(level(few, 1, 0, 0));
  }

  @Test
  void theErrorDetailsContainTheRemainingStockOfShortProducts() throws Exception {
    String few = product(1);
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> inventory.reserve(reservation(order, few, 2)));

    List<Any> details = StatusProto.fromThrowable(failure).getDetailsList();

    ErrorInfo info = details.get(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("INSUFFICIENT_STOCK");
    assertThat(info.getMetadataMap()).containsExactly(Map.entry(few, "1"));
    assertThat(details.get(1).unpack(PreconditionFailure.class).getViolations(0))
        .extracting(Violation::getSubject, Violation::getDescription)
        .containsExactly(few, "asked 2, available 1");
  }

  @Test
  void acceptsARetryAfterStockWasAdded() {
    String mug = product(1);
    assertFails(
        () -> inventory.reserve(reservation(order, mug, 2)),
        FAILED_PRECONDITION,
        "insufficient stock: " + mug + " (asked 2, available 1)");
    jdbc.sql("update stock set available = 5 where product_id = ?").param(mug).update();

    inventory.reserve(reservation(order, mug, 2));

    assertThat(level(mug)).isEqualTo(level(mug, 3, 2, 0));
  }

  @Test
  void refusesAnUnknownProductAndKeepsTheOthers() {
    String mug = product(10);
    ReserveRequest.Builder request = ReserveRequest.newBuilder().setReservationId(order);

    assertFails(
        () -> inventory.reserve(with(with(request, mug, 1), "no-such", 1).build()),
        NOT_FOUND,
        "unknown product: no-such");
    assertThat(level(mug)).isEqualTo(level(mug, 10, 0, 0));
  }

  @Test
  void returnsReleasedStockOnce() {
    String mug = product(10);
    inventory.reserve(reservation(order, mug, 3));

    release(order);
    release(order);

    assertThat(level(mug)).isEqualTo(level(mug, 10, 0, 0));
    assertFails(
        () -> confirm(order),
        FAILED_PRECONDITION,
        "reservation " + order + " is released and can't be confirmed any more");
  }

  @Test
  void confirmsOnceAndRefusesToReleaseAfterwards() {
    String mug = product(10);
    inventory.reserve(reservation(order, mug, 3));

    confirm(order);
    confirm(order);

    assertThat(level(mug)).isEqualTo(level(mug, 7, 0, 3));
    assertFails(
        () -> release(order),
        FAILED_PRECONDITION,
        "reservation " + order + " is confirmed and can't be released any more");
  }

  @Test
  void refusesAReservationReleasedBeforeItWasMade() {
    String mug = product(10);
    release(order);

    assertFails(
        () -> inventory.reserve(reservation(order, mug, 3)),
        FAILED_PRECONDITION,
        "reservation " + order + " is released and can't be made any more");
    assertThat(level(mug)).isEqualTo(level(mug, 10, 0, 0));
  }

  @Test
  void returnsStockOfReservationsNotConfirmedInTime() {
    String mug = product(10);
    inventory.reserve(reservation(order, mug, 3));

    clock.forward(Duration.ofMinutes(15));

    awaitLevel(mug, 10, 0, 0);
    assertFails(
        () -> confirm(order),
        FAILED_PRECONDITION,
        "reservation " + order + " is expired and can't be confirmed any more");
    assertFails(
        () -> inventory.reserve(reservation(order, mug, 3)),
        FAILED_PRECONDITION,
        "reservation " + order + " is expired and can't be made any more");
    release(order);
    assertThat(level(mug)).isEqualTo(level(mug, 10, 0, 0));
  }

  @Test
  void aReservationThatTheDatabaseRefusesToExpireDoesNotHoldUpTheOthers() {
    String mug = product(10);
    String refused = "refused-" + order;
    inventory.reserve(reservation(refused, mug, 3));
    clock.forward(Duration.ofSeconds(1));
    inventory.reserve(reservation(order, mug, 2));
    jdbc.sql(
            """
            create or replace function refuse() returns trigger language plpgsql as
            $$ begin raise exception 'refused by the test'; end $$
            """)
        .update();
    jdbc.sql(
            "create trigger refuse before update on reservation for each row"
                + " when (old.id like 'refused-%') execute function refuse()")
        .update();
    try {
      clock.forward(Duration.ofMinutes(16));
      awaitLevel(mug, 7, 3, 0);
    } finally {
      jdbc.sql("drop trigger refuse on reservation").update();
    }
    clock.forward(Duration.ofMinutes(1));

    awaitLevel(mug, 10, 0, 0);
  }

  @Test
  void refusesToConfirmAnUnknownReservation() {
    assertFails(() -> confirm(order), NOT_FOUND, "unknown reservation: " + order);
  }

  @Test
  void namesTheInvalidField() {
    ReserveRequest.Builder lines = ReserveRequest.newBuilder().setReservationId(order);
    with(with(lines, "p-1", 1), "p-2", 1);

    assertInvalid(reservation("", "p-1", 1), "reservation_id is required");
    assertInvalid(
        reservation("x".repeat(129), "p-1", 1),
        "reservation_id must have at most 128 characters: 129");
    assertInvalid(
        reservation("a\u0000b", "p-1", 1), "reservation_id must not contain control characters");
    assertInvalid(
        ReserveRequest.newBuilder().setReservationId(order).build(), "lines cannot be empty");
    assertInvalid(
        ReserveRequest.newBuilder()
            .setReservationId(order)
            .addAllLines(Collections.nCopies(1001, reservation(order, "p-1", 1).getLines(0)))
            .build(),
        "lines must have at most 1000 entries: 1001");
    assertInvalid(with(lines.clone(), "p-3", 0).build(), "lines[2].quantity must be at least 1: 0");
    assertInvalid(
        with(lines.clone(), "p-3", -7).build(), "lines[2].quantity must be at least 1: -7");
    assertInvalid(with(lines.clone(), " ", 1).build(), "lines[2].product_id is required");
    assertInvalid(with(lines.clone(), "p-1", 1).build(), "lines[2].product_id is repeated: p-1");
    assertFails(() -> confirm(""), INVALID_ARGUMENT, "reservation_id is required");
    assertFails(() -> release(""), INVALID_ARGUMENT, "reservation_id is required");
  }

  private void assertInvalid(ReserveRequest request, String message) {
    assertFails(() -> inventory.reserve(request), INVALID_ARGUMENT, message);
  }

  private void confirm(String id) {
    assertThat(inventory.confirm(ConfirmRequest.newBuilder().setReservationId(id).build()))
        .isNotNull();
  }

  private void release(String id) {
    assertThat(inventory.release(ReleaseRequest.newBuilder().setReservationId(id).build()))
        .isNotNull();
  }

  private void awaitLevel(String product, int available, int reserved, int sold) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(level(product)).isEqualTo(level(product, available, reserved, sold)));
  }
}
