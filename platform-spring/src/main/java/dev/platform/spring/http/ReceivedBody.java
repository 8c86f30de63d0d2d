package dev.platform.spring.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request with its whole body in memory. Used by one thread at a time, as every request; the web
 * server orders them.
 */
final class ReceivedBody extends HttpServletRequestWrapper {

  private final InputStream body;
  private boolean first;
  private @Nullable ServletInputStream stream;
  private @Nullable BufferedReader reader;

  ReceivedBody(HttpServletRequest request, InputStream body) {
    super(request);
    this.body = body;
  }

  /**
   * Whether this is the dispatch that the application sees as the original one: an interceptor that
   * skips asynchronous dispatches must not skip this.
   */
  void setFirst(boolean first) {
    this.first = first;
  }

  @Override
  public DispatcherType getDispatcherType() {
    return first ? DispatcherType.REQUEST : super.getDispatcherType();
  }

  @Override
  public ServletInputStream getInputStream() {
    if (reader != null) {
      throw new IllegalStateException("getReader() has been called");
    }
    ServletInputStream opened = stream == null ? new Stream(body) : stream;
    stream = opened;
    return opened;
  }

  @Override
  public BufferedReader getReader() throws IOException {
    if (stream != null) {
      throw new IllegalStateException("getInputStream() has been called");
    }
    if (reader == null) {
      String encoding = getCharacterEncoding();
      reader =
          new BufferedReader(
              encoding == null
                  ? new InputStreamReader(body, StandardCharsets.ISO_8859_1)
                  : new InputStreamReader(body, encoding));
    }
    return reader;
  }

  private static final class Stream extends ServletInputStream {

    private final InputStream body;
    private boolean finished;

    Stream(InputStream body) {
      this.body = body;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException(
          "the body has been received already (expected: blocking reads, or the path in"
              + " platform.http.body.streamed-paths)");
    }

    @Override
    public int available() throws IOException {
      return body.available();
    }

    @Override
    public int read() throws IOException {
      int next = body.read();
      finished = next < 0;
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = body.read(bytes, offset, length);
      finished = count < 0;
      return count;
    }
  }
}
