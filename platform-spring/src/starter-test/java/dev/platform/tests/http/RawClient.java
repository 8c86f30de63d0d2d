package dev.platform.tests.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** One connection to a local HTTP server, for requests that no HTTP client sends. */
final class RawClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Sends these characters. */
  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** A request's head with {@code Host}, and further lines, each with its end. */
  RawClient head(String verb, String path, String lines) throws IOException {
    return send(verb + " " + path + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n");
  }

  /** The next line of the answer, without its end; what there is at the end of the connection. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = socket.getInputStream().read();
    while (next >= 0 && next != '\n') {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString().strip();
  }

  /** Whether the server answers, or ends the connection, within this time. */
  boolean isAnswered(int withinMillis) throws IOException {
    socket.setSoTimeout(withinMillis);
    try {
      socket.getInputStream().read();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
  }

  /** All that the server sends until it closes the connection. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /**
   * Sends a byte whenever the pause is over, until the server answers.
   *
   * @return the first line of the answer
   */
  String drip(int pauseMillis, int most) throws IOException {
    socket.setSoTimeout(pauseMillis);
    for (int i = 0; i < most; i++) {
      try {
        return line();
      } catch (SocketTimeoutException e) {
        send("x");
      }
    }
    return "no answer after " + most + " bytes";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
