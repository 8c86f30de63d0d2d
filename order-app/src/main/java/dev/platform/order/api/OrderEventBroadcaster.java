package dev.platform.order.api;

import static java.util.stream.Collectors.toSet;

import dev.platform.order.domain.Sequenced;
import dev.platform.order.domain.SequencedLog;
import dev.platform.order.domain.SequencedLog.Head;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds live streams: one thread queries the latest sequence of all streams' logs in one query. It
 * polls instead of using LISTEN/NOTIFY: a poll, too, sees what other instances write, but needs no
 * dedicated connection, works through connection poolers, and has nothing to re-establish after a
 * database outage.
 *
 * @param <E> the logs' entries
 * @param <R> what is sent
 */
final class OrderEventBroadcaster<E extends Sequenced, R> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OrderEventBroadcaster.class);

  private final SequencedLog<E> entries;
  private final Function<E, R> translate;
  private final Set<LiveStream<E, R>> streams = ConcurrentHashMap.newKeySet();
  private final Duration interval;
  private final ScheduledExecutorService poller;

  private volatile boolean closed;
  // Confined to the poller's thread.
  private boolean failing;

  OrderEventBroadcaster(
      String name, SequencedLog<E> entries, Function<E, R> translate, Duration interval) {
    this.entries = entries;
    this.translate = translate;
    this.interval = interval;
    this.poller =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Starts polling, until {@link #close}. */
  void start() {
    poller.scheduleWithFixedDelay(
        this::poll, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * A stream to this observer, not yet started. Must be called before the service method returns.
   */
  LiveStream<E, R> open(ServerCallStreamObserver<R> observer) {
    LiveStream<E, R> stream = new LiveStream<>(entries, observer, translate, streams::remove);
    streams.add(stream);
    return stream;
  }

  /** The number of open streams. */
  int openStreams() {
    return streams.size();
  }

  /** Stops polling. The platform has ended open streams by then, when the server stopped. */
  @Override
  public void close() {
    closed = true;
    poller.shutdownNow();
  }

  private void poll() {
    try {
      Set<String> keys =
          streams.stream().map(LiveStream::key).filter(Objects::nonNull).collect(toSet());
      if (!keys.isEmpty()) {
        Map<String, Head> heads = entries.heads(keys);
        streams.forEach(stream -> signal(stream, heads));
      }
      if (failing) {
        failing = false;
        log.info("live streams are fed again");
      }
    } catch (RuntimeException e) {
      if (!failing && !closed) {
        failing = true;
        log.warn("live streams stalled, will retry: {}", e.getMessage());
      }
    }
  }

  private void signal(LiveStream<E, R> stream, Map<String, Head> heads) {
    String key = stream.key();
    Head head = key == null ? null : heads.get(key);
    if (head != null) {
      stream.reaches(head);
    }
  }
}
