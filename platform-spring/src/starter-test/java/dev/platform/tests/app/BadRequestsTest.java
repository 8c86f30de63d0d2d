package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestServerInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The status of malformed requests, over a real socket and through a whole application. */
@ExtendWith(OutputCaptureExtension.class)
class BadRequestsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final byte[] GARBAGE = {(byte) 0xff, 1, 2, 3};
  private static final byte[] EMPTY = {};
  private static final String WHY =
      ": While parsing a protocol message, the input ended unexpectedly in the middle of a field."
          + "  This could mean either that the input has been truncated or that an embedded message"
          + " misreported its own length.";

  private static ConfigurableApplicationContext app;

  private RecordingStock stock;
  private ManagedChannel channel;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(
            Map.of(
                "platform.registry.enabled", "false",
                "platform.discovery.enabled", "false",
                "platform.grpc.request.timeout", "1s"),
            context -> {
              ((GenericApplicationContext) context).registerBean(RecordingStock.class);
              ((GenericApplicationContext) context).registerBean(Refusing.class);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void connect() {
    stock = app.getBean(RecordingStock.class);
    stock.seen.clear();
    stock.takesNoMore = false;
    channel =
        Grpc.newChannelBuilder(
                "dns:///127.0.0.1:" + Line.serverPort(app), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void malformedMessagesAreRejected() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[] {10, 100, 1});
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "the request is not a valid ReserveRequest" + WHY);
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void metersRecordTheStatusThatTheCallerReceives() {
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getConfirmMethod());
    call.send(GARBAGE);

    call.endsWithCode(Status.Code.INVALID_ARGUMENT);
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(
                        meters
                            .get("rpc.server.call.duration")
                            .tags("rpc.method", "inventory.v1.InventoryService/Confirm")
                            .tags("rpc.response.status_code", "INVALID_ARGUMENT")
                            .timer()
                            .count())
                    .isEqualTo(1));
  }

  @Test
  void unknownFieldsAreIgnored() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[] {10, 1, 'r', (byte) 0xf8, 7, 1});
    call.halfClose();

    call.endsWith(Status.Code.OK, null);
    assertThat(stock.seen).containsExactly("reserve r");
  }

  @Test
  void aMissingMessageIsRejected() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "no request message came (expected: one)");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void aCallRejectedByAnInterceptorIsNotRejectedTwice(CapturedOutput output) {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReleaseMethod());
    call.halfClose();
    call.endsWith(Status.Code.RESOURCE_EXHAUSTED, "not now");
    BytesCall next = BytesCall.begin(channel, InventoryServiceGrpc.getReleaseMethod());
    next.send(GARBAGE);
    next.endsWith(Status.Code.RESOURCE_EXHAUSTED, "not now");

    BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod())
        .endsWithCode(Status.Code.DEADLINE_EXCEEDED);
    assertThat(output).doesNotContain("call already closed");
  }

  @Test
  void aSecondMessageIsRejected() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    call.send(EMPTY);
    call.send(EMPTY);
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "a second request message came (expected: one)");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void aMessageOfOver4MebibytesIsTooLarge() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[5 * 1024 * 1024]);
    call.halfClose();

    call.endsWith(
        Status.Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5242880");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void aMalformedMessageEndsAStreamAndNotifiesItsHandler() {
    BytesCall call = BytesCall.begin(channel, InventoryServiceGrpc.getImportStockMethod());
    call.send(EMPTY);
    call.send(GARBAGE);
    call.send(EMPTY);

    call.endsWith(
        Status.Code.INVALID_ARGUMENT,
        "message 2 is not a valid ImportStockRequest"
            + ": Protocol message tag had invalid wire type.");
    await().atMost(TIMEOUT).until(() -> stock.seen.contains("import over"));
    assertThat(stock.seen).containsExactly("line", "import over");
  }

  @Test
  void aSilentCallerTimesOut() {
    BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod())
        .endsWith(Status.Code.DEADLINE_EXCEEDED, "no request came within 1000 ms");
    BytesCall.begin(channel, InventoryServiceGrpc.getWatchStockMethod())
        .endsWith(Status.Code.DEADLINE_EXCEEDED, "no first message came within 1000 ms");
    BytesCall.begin(channel, InventoryServiceGrpc.getImportStockMethod())
        .endsWith(
            Status.Code.DEADLINE_EXCEEDED,
            "neither a message nor the end of the stream came within 1000 ms after message 0");
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> assertThat(stock.seen).containsExactlyInAnyOrder("watch over", "import over"));
  }

  @Test
  void aStalledCallerTimesOut() {
    BytesCall reserve = BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod());
    reserve.send(EMPTY);
    BytesCall lines = BytesCall.begin(channel, InventoryServiceGrpc.getImportStockMethod());
    lines.send(EMPTY);

    reserve.endsWith(Status.Code.DEADLINE_EXCEEDED, "the request did not end within 1000 ms");
    lines.endsWith(
        Status.Code.DEADLINE_EXCEEDED,
        "neither a message nor the end of the stream came within 1000 ms after message 1");
    assertThat(stock.seen).containsOnlyOnce("line").doesNotContain("reserve ");
  }

  @Test
  void startedStreamsMayBeIdleAndServerBackpressureIsNoTimeout() {
    BytesCall watch = BytesCall.begin(channel, InventoryServiceGrpc.getWatchStockMethod());
    watch.send(EMPTY);
    BytesCall lines = BytesCall.begin(channel, InventoryServiceGrpc.getImportStockMethod());
    stock.takesNoMore = true;
    lines.send(EMPTY);
    // Meanwhile other calls reach the timeout twice.
    for (int i = 0; i < 2; i++) {
      BytesCall.begin(channel, InventoryServiceGrpc.getReserveMethod())
          .endsWithCode(Status.Code.DEADLINE_EXCEEDED);
    }

    assertThat(watch.end).isNotDone();
    assertThat(lines.end).isNotDone();
    stock.takesNoMore = false;
    stock.importing.request(1);
    lines.halfClose();
    lines.endsWith(Status.Code.OK, null);
    watch.halfClose();
    watch.endsWith(Status.Code.OK, null);
  }

  /** Rejects one method ahead of all other interceptors. */
  @TestServerInterceptor
  @Order(Ordered.HIGHEST_PRECEDENCE)
  static class Refusing implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (!call.getMethodDescriptor().getFullMethodName().endsWith("/Release")) {
        return next.startCall(call, headers);
      }
      call.close(Status.RESOURCE_EXHAUSTED.withDescription("not now"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
