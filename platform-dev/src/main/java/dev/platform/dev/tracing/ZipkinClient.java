package dev.platform.dev.tracing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;

/** Talks to a Zipkin server. Blocks for a few seconds at most; keeps no thread or connection. */
final class ZipkinClient {

  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
  private static final int READ_TIMEOUT_MILLIS = 5_000;

  private final ObjectMapper json = new ObjectMapper();
  private final URI url;

  ZipkinClient(URI url) {
    this.url = url;
  }

  /** Whether Zipkin is up and accepts spans. */
  boolean isUp() {
    try {
      HttpURLConnection connection = open("/health");
      return finish(connection) == HttpURLConnection.HTTP_OK;
    } catch (IOException notThere) {
      return false;
    }
  }

  /**
   * Sends spans.
   *
   * @throws IOException when Zipkin does not answer or refuses them
   */
  void send(List<ZipkinSpan> spans) throws IOException {
    byte[] body = json.writeValueAsBytes(spans);
    HttpURLConnection connection = open("/api/v2/spans");
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    int status = finish(connection);
    if (status / 100 != 2) {
      throw new IOException(url + " answered " + status + " to " + spans.size() + " spans");
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.resolve(path).toURL().openConnection();
    connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    connection.setReadTimeout(READ_TIMEOUT_MILLIS);
    // A kept connection would keep the JDK's timer thread, too.
    connection.setRequestProperty("Connection", "close");
    return connection;
  }

  private static int finish(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream body =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (body != null) {
        body.transferTo(OutputStream.nullOutputStream());
      }
    }
    return status;
  }
}
