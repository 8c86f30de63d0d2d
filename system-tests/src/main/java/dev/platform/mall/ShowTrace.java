package dev.platform.mall;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Prints a trace from Zipkin, once it is complete. */
final class ShowTrace {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int POLL_MILLIS = 300;

  /**
   * The number of equal readings in a row that count as complete; each app sends its spans
   * separately.
   */
  private static final int SAME = 4;

  private static final int NOT_FOUND = 404;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI trace;

  private ShowTrace(URI trace) {
    this.trace = trace;
  }

  static int run(Arguments arguments) throws IOException, InterruptedException {
    URI trace =
        URI.create(
            "http://%s/zipkin/api/v2/trace/%s"
                .formatted(arguments.text("zipkin", "127.0.0.1:9411"), arguments.text("trace-id")));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(arguments.number("seconds", 15));
    ShowTrace shown = new ShowTrace(trace);
    Waterfall waterfall = shown.read();
    for (int same = 0; same < SAME && System.nanoTime() < end; ) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      Waterfall next = shown.read();
      same = next.size() == waterfall.size() && next.size() > 0 ? same + 1 : 0;
      waterfall = next;
    }
    if (waterfall.size() == 0) {
      System.err.println(trace + " has no spans");
      return 1;
    }
    waterfall.lines().forEach(line -> System.out.println("  " + line));
    return 0;
  }

  /** Empty while Zipkin does not know the trace. */
  private Waterfall read() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(trace).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200 && answer.statusCode() != NOT_FOUND) {
      throw new IOException(trace + " answered " + answer.statusCode());
    }
    return Waterfall.of(
        new ObjectMapper().readTree(answer.statusCode() == 200 ? answer.body() : "[]"));
  }
}
