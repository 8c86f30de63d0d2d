package dev.platform.order.edge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The HTTP edge.
 *
 * @param defaultTimeout the timeout of a request without a {@code Grpc-Timeout}
 * @param maxTimeout the maximum timeout of a request, whatever it asks for; not for event streams
 * @param maxBody the maximum size of a request's body
 * @param heartbeat the pause between two heartbeats on an event stream, which detect disconnected
 *     clients
 * @param maxStreams how many event streams are open at most; further requests get 429
 * @param maxStreamsPerClient the same for one client, identified by its address
 * @param maxStreamTime how long an event stream stays open; its client may open another
 * @param productsMaxAge how old the list of products with their stock may be: one call serves all
 *     clients that ask meanwhile; zero calls for each request
 * @param traceUrl the URL of a trace's page, with {@code {trace-id}} in it; none by default
 */
@ConfigurationProperties("mall.edge")
public record EdgeProperties(
    @DefaultValue("10s") Duration defaultTimeout,
    @DefaultValue("30s") Duration maxTimeout,
    @DefaultValue("1MB") DataSize maxBody,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("2000") int maxStreams,
    @DefaultValue("500") int maxStreamsPerClient,
    @DefaultValue("1h") Duration maxStreamTime,
    @DefaultValue("1s") Duration productsMaxAge,
    @Nullable String traceUrl) {

  static final String TRACE_ID = "{trace-id}";
  private static final Duration MOST_AGE = Duration.ofMinutes(1);

  public EdgeProperties {
    traceUrl = traceUrl == null || traceUrl.isBlank() ? null : traceUrl;
    check(defaultTimeout.toMillis() >= 1, "default-timeout", defaultTimeout, ">= 1ms");
    check(
        maxTimeout.compareTo(defaultTimeout) >= 0,
        "max-timeout",
        maxTimeout,
        ">= default-timeout, " + defaultTimeout);
    check(
        maxBody.toBytes() >= 1 && maxBody.toBytes() < Integer.MAX_VALUE,
        "max-body",
        maxBody,
        "1B to 2047MB");
    check(heartbeat.toMillis() >= 10, "heartbeat", heartbeat, ">= 10ms");
    check(maxStreams >= 1, "max-streams", maxStreams, ">= 1");
    check(
        maxStreamsPerClient >= 1 && maxStreamsPerClient <= maxStreams,
        "max-streams-per-client",
        maxStreamsPerClient,
        "1 to max-streams, " + maxStreams);
    check(maxStreamTime.toSeconds() >= 1, "max-stream-time", maxStreamTime, ">= 1s");
    check(
        !productsMaxAge.isNegative() && productsMaxAge.compareTo(MOST_AGE) <= 0,
        "products-max-age",
        productsMaxAge,
        "0s to " + MOST_AGE);
    check(
        traceUrl == null || traceUrl.matches("https?://.+") && traceUrl.contains(TRACE_ID),
        "trace-url",
        traceUrl,
        "http:// or https://, with " + TRACE_ID + " in it");
  }

  private static void check(boolean holds, String name, @Nullable Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "mall.edge." + name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
