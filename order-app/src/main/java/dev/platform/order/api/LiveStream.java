package dev.platform.order.api;

import dev.platform.order.domain.Sequenced;
import dev.platform.order.domain.SequencedLog;
import dev.platform.order.domain.SequencedLog.Head;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One caller's view of a log, from a sequence on and then live. Reads a page at a time, and only
 * while the caller is ready for more, so a slow caller costs a page of memory and no thread.
 * Thread-safe: any thread may signal; one thread at a time does the work.
 *
 * @param <E> the log's entries
 * @param <R> what is sent
 */
final class LiveStream<E extends Sequenced, R> {

  private static final int PAGE = 50;

  private final SequencedLog<E> log;
  private final ServerCallStreamObserver<R> observer;
  private final Function<E, R> translate;
  private final Consumer<LiveStream<E, R>> whenOver;
  private final AtomicInteger signals = new AtomicInteger();

  private volatile @Nullable String key;
  private volatile Head head = new Head(0, false);
  private volatile @Nullable Ending ending;
  private volatile boolean over;

  // Guarded by signals: only the thread that raised it from 0 touches these.
  private final Deque<E> page = new ArrayDeque<>();
  private long cursor;

  /** Must be called before the service method returns: gRPC accepts handlers only until then. */
  LiveStream(
      SequencedLog<E> log,
      ServerCallStreamObserver<R> observer,
      Function<E, R> translate,
      Consumer<LiveStream<E, R>> whenOver) {
    this.log = log;
    this.observer = observer;
    this.translate = translate;
    this.whenOver = whenOver;
    observer.setOnReadyHandler(this::signal);
    observer.setOnCancelHandler(this::finish);
  }

  /** Starts to send the entries after a sequence. Must be called once. */
  void start(String key, long afterSequence, Head head) {
    this.cursor = afterSequence;
    this.head = head;
    this.key = key;
    signal();
  }

  /** Completes the stream after the entries in flight. The first ending counts. */
  void end() {
    end(new Ending(null));
  }

  /** Ends the stream with what the failure means to the caller. The first ending counts. */
  void end(Throwable failure) {
    end(new Ending(failure));
  }

  private void end(Ending newEnding) {
    if (ending == null) {
      ending = newEnding;
    }
    signal();
  }

  /** The log that is followed; null before the start. */
  @Nullable String key() {
    return key;
  }

  boolean isOver() {
    return over;
  }

  void reaches(Head newHead) {
    if (!newHead.equals(head)) {
      head = newHead;
      signal();
    }
  }

  private void signal() {
    if (signals.getAndIncrement() != 0) {
      return;
    }
    int handled = 1;
    do {
      pump();
      handled = signals.addAndGet(-handled);
    } while (handled != 0);
  }

  private void pump() {
    if (over) {
      return;
    }
    try {
      send();
    } catch (RuntimeException e) {
      close(new Ending(e));
    }
  }

  private void send() {
    Ending wanted = ending;
    if (wanted != null) {
      close(wanted);
      return;
    }
    String followed = key;
    while (followed != null && !over && observer.isReady()) {
      Head reached = head;
      if (page.isEmpty() && cursor >= reached.sequence()) {
        if (reached.ended()) {
          close(new Ending(null));
        }
        return;
      }
      sendNext(followed);
    }
  }

  private void sendNext(String followed) {
    if (page.isEmpty()) {
      page.addAll(log.after(followed, cursor, PAGE));
    }
    E entry = page.remove();
    observer.onNext(translate.apply(entry));
    cursor = entry.sequence();
  }

  private void close(Ending how) {
    finish();
    if (how.failure() == null) {
      observer.onCompleted();
    } else {
      observer.onError(how.failure());
    }
  }

  private void finish() {
    over = true;
    whenOver.accept(this);
  }

  private record Ending(@Nullable Throwable failure) {}
}
