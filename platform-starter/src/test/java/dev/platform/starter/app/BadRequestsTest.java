package dev.platform.starter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.io.ByteStreams;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import net.devh.boot.grpc.server.service.GrpcService;
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

/** What a caller is told whose request is none, over a real socket and through a whole app. */
@ExtendWith(OutputCaptureExtension.class)
class BadRequestsTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final byte[] GARBAGE = {(byte) 0xff, 1, 2, 3};
  private static final byte[] EMPTY = {};
  private static final String WHY =
      ": While parsing a protocol message, the input ended unexpectedly in the middle of a field."
          + "  This could mean either that the input has been truncated or that an embedded message"
          + " misreported its own length.";

  private static ConfigurableApplicationContext app;

  private Stock stock;
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
              ((GenericApplicationContext) context).registerBean(Stock.class);
              ((GenericApplicationContext) context).registerBean(Refusing.class);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void connect() {
    stock = app.getBean(Stock.class);
    stock.seen.clear();
    stock.takesNoMore = false;
    channel =
        Grpc.newChannelBuilder(
                "dns:///127.0.0.1:" + app.getBean(GrpcServerProperties.class).getPort(),
                InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void garbageIsNoRequest() {
    Call call = call(InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[] {10, 100, 1});
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "the request is not a valid ReserveRequest" + WHY);
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void metersSeeWhatTheCallerIsTold() {
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    Call call = call(InventoryServiceGrpc.getConfirmMethod());
    call.send(GARBAGE);

    call.endsWithCode(Status.Code.INVALID_ARGUMENT);
    await()
        .atMost(SOON)
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
  void unknownFieldsAreLeftAlone() {
    Call call = call(InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[] {10, 1, 'r', (byte) 0xf8, 7, 1});
    call.halfClose();

    call.endsWith(Status.Code.OK, null);
    assertThat(stock.seen).containsExactly("reserve r");
  }

  @Test
  void noMessageIsNoRequest() {
    Call call = call(InventoryServiceGrpc.getReserveMethod());
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "no request message came (expected: one)");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void whatAnInterceptorHasRefusedIsNotRefusedAgain(CapturedOutput output) {
    Call call = call(InventoryServiceGrpc.getReleaseMethod());
    call.halfClose();
    call.endsWith(Status.Code.RESOURCE_EXHAUSTED, "not now");
    Call next = call(InventoryServiceGrpc.getReleaseMethod());
    next.send(GARBAGE);
    next.endsWith(Status.Code.RESOURCE_EXHAUSTED, "not now");

    call(InventoryServiceGrpc.getReserveMethod()).endsWithCode(Status.Code.DEADLINE_EXCEEDED);
    assertThat(output).doesNotContain("call already closed");
  }

  @Test
  void twoMessagesAreNoRequest() {
    Call call = call(InventoryServiceGrpc.getReserveMethod());
    call.send(EMPTY);
    call.send(EMPTY);
    call.halfClose();

    call.endsWith(Status.Code.INVALID_ARGUMENT, "a second request message came (expected: one)");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void aMessageOfOver4MebibytesIsTooLarge() {
    Call call = call(InventoryServiceGrpc.getReserveMethod());
    call.send(new byte[5 * 1024 * 1024]);
    call.halfClose();

    call.endsWith(
        Status.Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5242880");
    assertThat(stock.seen).isEmpty();
  }

  @Test
  void garbageEndsAStreamAndItsHandlerLearnsOfIt() {
    Call call = call(InventoryServiceGrpc.getImportStockMethod());
    call.send(EMPTY);
    call.send(GARBAGE);
    call.send(EMPTY);

    call.endsWith(
        Status.Code.INVALID_ARGUMENT,
        "message 2 is not a valid ImportStockRequest"
            + ": Protocol message tag had invalid wire type.");
    await().atMost(SOON).until(() -> stock.seen.contains("import over"));
    assertThat(stock.seen).containsExactly("line", "import over");
  }

  @Test
  void aCallerWhoSendsNothingIsNotWaitedForForEver() {
    call(InventoryServiceGrpc.getReserveMethod())
        .endsWith(Status.Code.DEADLINE_EXCEEDED, "no request came within 1000 ms");
    call(InventoryServiceGrpc.getWatchStockMethod())
        .endsWith(Status.Code.DEADLINE_EXCEEDED, "no first message came within 1000 ms");
    call(InventoryServiceGrpc.getImportStockMethod())
        .endsWith(
            Status.Code.DEADLINE_EXCEEDED,
            "neither a message nor the end of the stream came within 1000 ms after message 0");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(stock.seen).containsExactlyInAnyOrder("watch over", "import over"));
  }

  @Test
  void aCallerWhoStopsHalfWayIsNotWaitedForForEver() {
    Call reserve = call(InventoryServiceGrpc.getReserveMethod());
    reserve.send(EMPTY);
    Call lines = call(InventoryServiceGrpc.getImportStockMethod());
    lines.send(EMPTY);

    reserve.endsWith(Status.Code.DEADLINE_EXCEEDED, "the request did not end within 1000 ms");
    lines.endsWith(
        Status.Code.DEADLINE_EXCEEDED,
        "neither a message nor the end of the stream came within 1000 ms after message 1");
    assertThat(stock.seen).containsOnlyOnce("line").doesNotContain("reserve ");
  }

  @Test
  void aStreamThatHasBegunMayBeSilentAndABusyServerDoesNotCount() {
    Call watch = call(InventoryServiceGrpc.getWatchStockMethod());
    watch.send(EMPTY);
    Call lines = call(InventoryServiceGrpc.getImportStockMethod());
    stock.takesNoMore = true;
    lines.send(EMPTY);
    // Others run into the timeout twice meanwhile.
    for (int i = 0; i < 2; i++) {
      call(InventoryServiceGrpc.getReserveMethod()).endsWithCode(Status.Code.DEADLINE_EXCEEDED);
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

  private Call call(MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            // On the wire all kinds look alike; of this one the headers are sent at once.
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(method.getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    Call call = new Call(channel.newCall(raw, CallOptions.DEFAULT));
    call.start();
    return call;
  }

  /** A call whose messages are bytes, and which may end or not as it likes. */
  private static final class Call extends ClientCall.Listener<byte[]> {

    private final ClientCall<byte[], byte[]> call;
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Call(ClientCall<byte[], byte[]> call) {
      this.call = call;
    }

    void start() {
      call.start(this, new Metadata());
      call.request(10);
    }

    void send(byte[] message) {
      call.sendMessage(message);
    }

    void halfClose() {
      call.halfClose();
    }

    void endsWith(Status.Code code, String description) {
      endsWithCode(code);
      assertThat(end.join().getDescription()).isEqualTo(description);
    }

    void endsWithCode(Status.Code code) {
      await().atMost(SOON).until(end::isDone);
      assertThat(end.join().getCode()).as(end.join().toString()).isEqualTo(code);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
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

  /** Refuses one method before anybody else sees the call. */
  @GrpcGlobalServerInterceptor
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

  @GrpcService
  static class Stock extends InventoryServiceImplBase {

    final Queue<String> seen = new ConcurrentLinkedQueue<>();
    volatile boolean takesNoMore;
    volatile ServerCallStreamObserver<ImportStockResponse> importing;

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
      seen.add("reserve " + request.getReservationId());
      answer.onNext(ReserveResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public StreamObserver<ImportStockRequest> importStock(
        StreamObserver<ImportStockResponse> answer) {
      importing = (ServerCallStreamObserver<ImportStockResponse>) answer;
      importing.disableAutoRequest();
      importing.request(1);
      return new Recorder<>("line", "import over", importing) {
        @Override
        public void onNext(ImportStockRequest line) {
          super.onNext(line);
          if (!takesNoMore) {
            out.request(1);
          }
        }

        @Override
        public void onCompleted() {
          out.onNext(ImportStockResponse.getDefaultInstance());
          super.onCompleted();
        }
      };
    }

    @Override
    public StreamObserver<WatchStockRequest> watchStock(StreamObserver<WatchStockResponse> answer) {
      return new Recorder<>(
          "watch", "watch over", (ServerCallStreamObserver<WatchStockResponse>) answer);
    }

    private class Recorder<Q, A> implements StreamObserver<Q> {

      final ServerCallStreamObserver<A> out;
      private final String each;
      private final String broken;

      Recorder(String each, String broken, ServerCallStreamObserver<A> out) {
        this.each = each;
        this.broken = broken;
        this.out = out;
      }

      @Override
      public void onNext(Q message) {
        seen.add(each);
      }

      @Override
      public void onError(Throwable failure) {
        seen.add(broken);
      }

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    }
  }
}
