package dev.platform.order.edge;

import dev.platform.contracts.order.v1.OrderEvent;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The clients' event streams. An idle stream costs no thread; one thread sends the heartbeats of
 * all streams, since a heartbeat is small enough never to wait for a client.
 */
final class EventStreams implements AutoCloseable {

  private final Problems problems;
  private final Duration heartbeat;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "edge-heartbeats");
            thread.setDaemon(true);
            return thread;
          });

  EventStreams(Problems problems, Duration heartbeat) {
    this.problems = problems;
    this.heartbeat = heartbeat;
  }

  /** Starts the heartbeats, until {@link #close}. */
  void start() {
    heartbeats.scheduleWithFixedDelay(
        () -> open.forEach(EventStream::beat),
        heartbeat.toMillis(),
        heartbeat.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Makes this call and sends its events to the client, until either of them ends. */
  SseEmitter open(Consumer<StreamObserver<OrderEvent>> call) {
    EventStream stream = new EventStream(problems, open::remove);
    open.add(stream);
    call.accept(stream);
    return stream.emitter();
  }

  /** The number of open streams. */
  int openStreams() {
    return open.size();
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
  }
}
