package dev.platform.spring.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FastByteArrayOutputStream;

/**
 * Receives one body without a thread that waits for it; then the request goes on, or is refused.
 * The web server calls its listeners one after the other.
 */
final class BodyReception implements ReadListener, AsyncListener {

  private static final int UNDER_WAY = 0;

  static final int RECEIVED = HttpServletResponse.SC_OK;

  private static final int CHUNK = 8192;

  /**
   * How much of a body that is too large is read and dropped: a connection that is closed before
   * its client has sent all may lose the answer.
   */
  static final long MOST_DROPPED = 16 << 20;

  private final long maxSize;
  private final long maxBuffered;
  private final AtomicLong buffered;
  private final FastByteArrayOutputStream bytes = new FastByteArrayOutputStream();
  private @Nullable AsyncContext async;
  private @Nullable ServletInputStream in;
  private int outcome = UNDER_WAY;
  private int failed = UNDER_WAY;
  private boolean tooLarge;
  private long dropped;

  /**
   * @param maxSize the maximum size of the body
   * @param maxBuffered the maximum of {@code buffered}
   * @param buffered the bytes of all receptions under way
   */
  BodyReception(long maxSize, long maxBuffered, AtomicLong buffered) {
    this.maxSize = maxSize;
    this.maxBuffered = maxBuffered;
    this.buffered = buffered;
  }

  /** What has been received; complete after the reception's end. */
  InputStream body() {
    return new Lazy();
  }

  /** {@link #RECEIVED}, or the status of the refusal. */
  int outcome() {
    return outcome;
  }

  /** Begins. The caller's thread returns to the web server. */
  void start(AsyncContext started, ServletInputStream from) {
    async = started;
    in = from;
    started.addListener(this);
    from.setReadListener(this);
  }

  private void release() {
    buffered.addAndGet(-bytes.size());
    bytes.reset();
  }

  @Override
  public void onDataAvailable() {
    ServletInputStream from = in;
    if (from == null) {
      return;
    }
    byte[] chunk = new byte[CHUNK];
    try {
      while (outcome == UNDER_WAY && from.isReady() && !from.isFinished()) {
        int count = from.read(chunk);
        if (count < 0) {
          return;
        }
        take(chunk, count);
      }
    } catch (IOException e) {
      // The connection or its chunks. Tomcat has marked the response.
      end(statusOf(e));
    }
  }

  private void take(byte[] chunk, int count) throws IOException {
    if (tooLarge || bytes.size() + (long) count > maxSize) {
      tooLarge = true;
      drop(count);
    } else if (buffered.addAndGet(count) > maxBuffered) {
      buffered.addAndGet(-count);
      end(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    } else {
      bytes.write(chunk, 0, count);
    }
  }

  private void drop(int count) {
    release();
    dropped += count;
    if (dropped > MOST_DROPPED) {
      end(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
    }
  }

  @Override
  public void onAllDataRead() {
    end(tooLarge ? HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE : RECEIVED);
  }

  /** Only remembered: Tomcat forgets a dispatch that precedes {@link #onError(AsyncEvent)}. */
  @Override
  public void onError(Throwable failure) {
    failed = statusOf(failure);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end(
        tooLarge
            ? HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE
            : HttpServletResponse.SC_REQUEST_TIMEOUT);
  }

  @Override
  public void onError(AsyncEvent event) {
    end(failed == UNDER_WAY ? statusOf(event.getThrowable()) : failed);
  }

  @Override
  public void onComplete(AsyncEvent event) {
    release();
  }

  /** The handler is asynchronous, too: this listener must know when it is over. */
  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }

  private static int statusOf(@Nullable Throwable failure) {
    return failure instanceof SocketTimeoutException
        ? HttpServletResponse.SC_REQUEST_TIMEOUT
        : HttpServletResponse.SC_BAD_REQUEST;
  }

  private void end(int status) {
    AsyncContext ending = async;
    if (outcome == UNDER_WAY && ending != null) {
      outcome = status;
      ending.dispatch();
    }
  }

  /** The stream is asked for after the bytes are there. */
  private final class Lazy extends InputStream {

    private @Nullable InputStream received;

    private InputStream received() {
      InputStream opened = received == null ? bytes.getInputStream() : received;
      received = opened;
      return opened;
    }

    @Override
    public int read() throws IOException {
      return received().read();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return received().read(to, offset, length);
    }

    @Override
    public int available() throws IOException {
      return received().available();
    }
  }
}
