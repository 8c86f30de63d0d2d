package dev.platform.order.edge;

import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * One client's stream. The next event is requested when the one before it is on its way, so a slow
 * client costs one event of memory. The call ends with the client's connection, and vice versa.
 */
final class EventStream implements ClientResponseObserver<WatchOrderRequest, OrderEvent> {

  /** A browser's reconnect delay after a broken connection. */
  private static final long RECONNECT_MILLIS = 1000;

  private final Problems problems;
  private final long openedAt;
  private final Consumer<EventStream> whenOver;
  private final SseEmitter emitter = new SseEmitter(0L);
  private volatile @Nullable ClientCallStreamObserver<WatchOrderRequest> call;

  /**
   * @param openedAt the time, in nanoseconds
   * @param whenOver called at the end, at least once
   */
  EventStream(Problems problems, long openedAt, Consumer<EventStream> whenOver) {
    this.problems = problems;
    this.openedAt = openedAt;
    this.whenOver = whenOver;
  }

  SseEmitter emitter() {
    return emitter;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchOrderRequest> started) {
    call = started;
    started.disableAutoRequestWithInitial(1);
    emitter.onCompletion(this::end);
    emitter.onError(failure -> end());
    send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS).comment("open"));
  }

  @Override
  public void onNext(OrderEvent event) {
    send(
        SseEmitter.event()
            .id(Long.toString(event.getSequence()))
            .data(ProtoJson.write(event), MediaType.APPLICATION_JSON));
    ClientCallStreamObserver<WatchOrderRequest> answering = call;
    if (answering != null) {
      answering.request(1);
    }
  }

  @Override
  public void onError(Throwable t) {
    Status status = Status.fromThrowable(t);
    if (status.getCode() != Status.Code.CANCELLED) {
      String problem =
          problems.write(problems.of(status.asRuntimeException(Status.trailersFromThrowable(t))));
      send(SseEmitter.event().name("problem").data(problem, MediaType.APPLICATION_PROBLEM_JSON));
    }
    emitter.complete();
  }

  @Override
  public void onCompleted() {
    emitter.complete();
  }

  /** Sends a heartbeat, which detects a disconnected client. */
  void beat() {
    send(SseEmitter.event().comment("alive"));
  }

  /** When it was opened, in nanoseconds. */
  long openedAt() {
    return openedAt;
  }

  /** Ends it as if its connection had ended: the client may go on with another. */
  void finish() {
    end();
    emitter.complete();
  }

  private void send(SseEventBuilder event) {
    try {
      emitter.send(event);
    } catch (IOException | IllegalStateException e) {
      // The client has disconnected, or the stream was completed meanwhile.
      end();
    }
  }

  private void end() {
    whenOver.accept(this);
    ClientCallStreamObserver<WatchOrderRequest> ending = call;
    if (ending != null) {
      ending.cancel("the client has disconnected", null);
    }
  }
}
