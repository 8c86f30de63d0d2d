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
 * Keeps live streams going: one thread asks the database, in one query for all streams, how far
 * their logs reach. A poll rather than LISTEN/NOTIFY: it also sees what other instances write, but
 * needs no connection of its own, works through connection poolers, and has nothing to re-establish
 * or catch up with after the database was away.
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
  // Only the poller touches it.
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

  /** Starts to look for what is new; until {@link #close}. */
  void start() {
    poller.scheduleWithFixedDelay(
        this::poll, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * A stream to this observer, yet to be started. To be called before the service method returns.
   */
  LiveStream<E, R> open(ServerCallStreamObserver<R> observer) {
    LiveStream<E, R> stream = new LiveStream<>(entries, observer, translate, streams::remove);
    streams.add(stream);
    return stream;
  }

  /** How many streams are open. */
  int openStreams() {
    return streams.size();
  }

  /** Stops looking. The platform ends open streams when the server stops, which is before this. */
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
        streams.forEach(stream -> tell(stream, heads));
      }
      if (failing) {
        failing = false;
        log.info("live streams go on");
      }
    } catch (RuntimeException e) {
      if (!failing && !closed) {
        failing = true;
        log.warn("live streams stand still, will go on by themselves: {}", e.getMessage());
      }
    }
  }

  private void tell(LiveStream<E, R> stream, Map<String, Head> heads) {
    String key = stream.key();
    Head head = key == null ? null : heads.get(key);
    if (head != null) {
      stream.reaches(head);
    }
  }
}
