package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.ByteStreams;
import com.google.protobuf.UnknownFieldSet;
import dev.platform.contracts.notification.v1.Notification;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input over gRPC is rejected with reason and field, and has no effect. */
class BadInputTest extends MallTest {

  /** A trolley: one character of two Java chars and four bytes. */
  private static final String WIDE = "\ud83d\uded2";

  @AfterEach
  void nothingHappened() {
    assertThat(ordersOfUser()).isEmpty();
  }

  static Stream<Arguments> invalidTexts() {
    return Stream.of(
        Arguments.of("a\u0000b", " must not contain control characters"),
        Arguments.of("a\u001b[2J", " must not contain control characters"),
        Arguments.of("a\u0085", " must not contain control characters"),
        Arguments.of("", " is required"),
        Arguments.of(" \u2003\t", " is required"),
        Arguments.of(WIDE.repeat(129), " must be at most 128 characters: 129"),
        Arguments.of("x".repeat(1_000_000), " must be at most 128 characters: 1000000"));
  }

  @ParameterizedTest
  @MethodSource("invalidTexts")
  void namesTheInvalidText(String bad, String problem) {
    assertInvalid(() -> place(order("p-mug", 1).setUserId(bad)), "user_id" + problem);
    assertInvalid(() -> place(order(bad, 1)), "items[0].product_id" + problem);
    if (!bad.isBlank()) {
      assertInvalid(
          () -> place(order("p-mug", 1).setIdempotencyKey(bad)), "idempotency_key" + problem);
      Notification.Builder about = Notification.newBuilder().setNotificationId("n").setUserId(user);
      assertInvalid(
          () -> notify(about.clone().setMessage("m").setOrderId(bad)),
          "notification.order_id" + problem);
    }
    assertInvalid(
        () -> orders.getOrder(GetOrderRequest.newBuilder().setOrderId(bad).build()),
        "order_id" + problem);
    assertInvalid(
        () -> orders.watchOrder(WatchOrderRequest.newBuilder().setOrderId(bad).build()).next(),
        "order_id" + problem);
    assertInvalid(
        () -> notify(Notification.newBuilder().setNotificationId(bad)),
        "notification.notification_id" + problem);
    assertInvalid(
        () -> notify(Notification.newBuilder().setNotificationId("n").setUserId(bad)),
        "notification.user_id" + problem);
  }

  @Test
  void refusesTenThousandItemsAndNamesTheLimit() {
    CreateOrderRequest.Builder request = CreateOrderRequest.newBuilder().setUserId(user);
    for (int i = 0; i < 10_000; i++) {
      request.addItems(OrderItem.newBuilder().setProductId("p-" + i).setQuantity(1));
    }

    assertInvalid(() -> place(request), "items must be at most 100: 10000");
  }

  @Test
  void refusesQuantitiesBelowOne() {
    assertInvalid(
        () -> place(order("p-mug", Integer.MIN_VALUE)),
        "items[0].quantity must be at least 1: -2147483648");
  }

  @Test
  void refusesMalformedRequests() {
    assertThat(endOf(true, new byte[] {10, 100, 'u'}))
        .startsWith("INVALID_ARGUMENT: the request is not a valid CreateOrderRequest: While pars");
    assertThat(endOf(true, new byte[] {10, 1, (byte) 0xff}))
        .isEqualTo(
            "INVALID_ARGUMENT: the request is not a valid CreateOrderRequest: Protocol message had"
                + " invalid UTF-8.");
    assertThat(endOf(true, new byte[4 * 1024 * 1024 + 1]))
        .isEqualTo("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 4194305");
    assertThat(endOf(true)).isEqualTo("INVALID_ARGUMENT: no request message came (expected: one)");
    byte[] good = order("p-mug", 1).build().toByteArray();
    assertThat(endOf(true, good, good))
        .isEqualTo("INVALID_ARGUMENT: a second request message came (expected: one)");
  }

  @Test
  void waitsForTheEndOfARequestForALimitedTime() {
    assertThat(endOf(false, order("p-mug", 1).build().toByteArray()))
        .isEqualTo("DEADLINE_EXCEEDED: the request did not end within 2000 ms");
  }

  @Test
  void ignoresUnknownFields() {
    UnknownFieldSet.Field later = UnknownFieldSet.Field.newBuilder().addVarint(7).build();
    CreateOrderResponse answer =
        place(
            order("p-mug", 1)
                .setUserId("other-" + user)
                .setUnknownFields(UnknownFieldSet.newBuilder().addField(99, later).build()));

    assertThat(answer.getTotal().getMinorUnits()).isEqualTo(1999);
  }

  private static void notify(Notification.Builder notification) {
    assertThat(
            NotificationServiceGrpc.newBlockingStub(CHANNEL)
                .notify(NotifyRequest.newBuilder().setNotification(notification).build()))
        .isNotNull();
  }

  private static void assertInvalid(Runnable call, String message) {
    Status status = statusOf(call::run);
    assertThat(status.getCode() + ": " + status.getDescription())
        .isEqualTo(Code.INVALID_ARGUMENT + ": " + message);
  }

  /** The status of a CreateOrder with these messages; the caller may leave the stream open. */
  private static String endOf(boolean halfClose, byte[]... messages) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(OrderServiceGrpc.getCreateOrderMethod().getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<byte[]> call =
        ClientCalls.asyncBidiStreamingCall(
            CHANNEL.newCall(method, CallOptions.DEFAULT), new EndObserver(end));
    List.of(messages).forEach(call::onNext);
    if (halfClose) {
      call.onCompleted();
    }
    Awaitility.await().atMost(SOON).until(end::isDone);
    return end.join().getCode() + ": " + end.join().getDescription();
  }

  private record EndObserver(CompletableFuture<Status> end) implements StreamObserver<byte[]> {

    @Override
    public void onNext(byte[] answer) {}

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  private static final class Bytes implements Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return ByteStreams.toByteArray(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
