package dev.platform.order.edge;

import dev.platform.contracts.order.v1.OrderEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The clients' event streams, so many at a time in all and for each client, and each for so long;
 * its client may then open another. An idle stream costs no thread; one thread sends the heartbeats
 * of all streams, since a heartbeat is small enough never to wait for a client.
 */
final class EventStreams implements AutoCloseable {

  private final Problems problems;
  private final EdgeProperties properties;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, Integer> byClient = new ConcurrentHashMap<>();
  private final AtomicInteger places = new AtomicInteger();
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "edge-heartbeats");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param nanoTime monotonic time in nanoseconds
   */
  EventStreams(Problems problems, EdgeProperties properties, LongSupplier nanoTime) {
    this.problems = problems;
    this.properties = properties;
    this.nanoTime = nanoTime;
  }

  /** Starts the heartbeats, until {@link #close}. */
  void start() {
    long pause = properties.heartbeat().toMillis();
    heartbeats.scheduleWithFixedDelay(this::beat, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** Sends a heartbeat on each stream, and ends those whose time is over. */
  void beat() {
    long now = nanoTime.getAsLong();
    for (EventStream stream : open) {
      if (now - stream.openedAt() > properties.maxStreamTime().toNanos()) {
        stream.finish();
      } else {
        stream.beat();
      }
    }
  }

  /**
   * Makes this call and sends its events to the client, until either of them ends.
   *
   * @param client the client's address
   * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if there are too many streams
   */
  SseEmitter open(String client, Consumer<StreamObserver<OrderEvent>> call) {
    take(client);
    EventStream stream =
        new EventStream(problems, nanoTime.getAsLong(), ended -> remove(ended, client));
    open.add(stream);
    try {
      call.accept(stream);
    } catch (RuntimeException e) {
      remove(stream, client);
      throw e;
    }
    return stream.emitter();
  }

  private void take(String client) {
    if (places.incrementAndGet() > properties.maxStreams()) {
      places.decrementAndGet();
      throw tooMany("open here: " + properties.maxStreams());
    }
    int own = byClient.merge(client, 1, Integer::sum);
    if (own > properties.maxStreamsPerClient()) {
      giveBack(client);
      throw tooMany("open for one client: " + properties.maxStreamsPerClient());
    }
  }

  private static StatusRuntimeException tooMany(String which) {
    return Status.RESOURCE_EXHAUSTED
        .withDescription("too many event streams are " + which)
        .asRuntimeException();
  }

  private void remove(EventStream ended, String client) {
    if (open.remove(ended)) {
      giveBack(client);
    }
  }

  private void giveBack(String client) {
    places.decrementAndGet();
    byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
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
