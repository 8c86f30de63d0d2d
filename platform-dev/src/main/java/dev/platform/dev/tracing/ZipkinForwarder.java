package dev.platform.dev.tracing;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards spans to Zipkin while it is available. When it becomes available it first gets all
 * traces of the ring: an in-memory Zipkin that was started late, or restarted, shows the latest
 * traces, too.
 *
 * <p>{@link #offer} never blocks. One daemon thread sends; {@link #close()} ends it.
 */
final class ZipkinForwarder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ZipkinForwarder.class);

  private static final int QUEUE_CAPACITY = 10_000;
  private static final int BATCH = 500;
  private static final long RETRY_MILLIS = 1_000;
  private static final long POLL_MILLIS = 200;
  private static final long CLOSE_WAIT_MILLIS = 3_000;

  private final URI url;
  private final ZipkinClient zipkin;
  private final TraceRing ring;
  private final BlockingQueue<ZipkinSpan> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final Thread thread = new Thread(this::run, "platform-dev-zipkin");

  // on the thread
  private long checkedAt = System.nanoTime();

  private volatile boolean up;
  private volatile boolean closed;

  ZipkinForwarder(URI url, TraceRing ring) {
    this.url = url;
    this.zipkin = new ZipkinClient(url);
    this.ring = ring;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Queues a span that is in the ring already; drops it when Zipkin is unavailable or can't keep
   * up.
   */
  void offer(ZipkinSpan span) {
    if (up && !queue.offer(span)) {
      log.debug("Zipkin at {} can't keep up; a span was dropped", url);
    }
  }

  /** Sends what is queued, if Zipkin accepts it, and ends the thread. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (up) {
          forward(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        } else if (zipkin.isUp()) {
          catchUp();
        } else {
          Thread.sleep(RETRY_MILLIS);
        }
      } catch (InterruptedException closing) {
        // Closing ends the loop; what is queued is sent below.
      } catch (IOException e) {
        up = false;
        queue.clear();
        log.info(
            "Zipkin at {} is unavailable ({}); the latest traces are kept", url, e.getMessage());
      }
    }
    sendRemaining();
  }

  private void catchUp() throws IOException {
    // From here on spans are queued, too: a span may be sent twice, but none is lost.
    up = true;
    List<ZipkinSpan> kept = ring.spans();
    for (int from = 0; from < kept.size(); from += BATCH) {
      zipkin.send(kept.subList(from, Math.min(kept.size(), from + BATCH)));
    }
    log.info("Zipkin at {} is available; sending all kept traces", url);
  }

  private void forward(long waitNanos) throws IOException, InterruptedException {
    ZipkinSpan first = queue.poll(waitNanos, TimeUnit.NANOSECONDS);
    if (first == null) {
      checkStillUp();
      return;
    }
    List<ZipkinSpan> batch = new ArrayList<>(BATCH);
    batch.add(first);
    queue.drainTo(batch, BATCH - 1);
    zipkin.send(batch);
  }

  /** Otherwise a Zipkin that restarts between two spans would never get the earlier ones. */
  private void checkStillUp() throws IOException {
    long now = System.nanoTime();
    if (now - checkedAt > TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS)) {
      checkedAt = now;
      if (!zipkin.isUp()) {
        throw new IOException("it does not answer");
      }
    }
  }

  private void sendRemaining() {
    List<ZipkinSpan> rest = new ArrayList<>();
    queue.drainTo(rest);
    if (!up || rest.isEmpty()) {
      return;
    }
    try {
      zipkin.send(rest);
    } catch (IOException e) {
      log.info(
          "Zipkin at {} did not accept the last {} spans: {}", url, rest.size(), e.getMessage());
    }
  }
}
