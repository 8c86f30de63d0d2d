package dev.platform.benchmarks;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A server that can answer 2000 calls a second and is offered ten times as many: what is answered
 * in time, and what the handler does for callers who are gone. The servers are processes on the
 * first core, the client has the second; all are measured in one run, one after the other.
 */
final class OverloadBenchmark {

  private static final List<String> VARIANTS = List.of("none", "gradient2", "platform");
  private static final Duration DEADLINE = Duration.ofMillis(250);
  private static final int CHANNELS = 8;
  private static final double CAPACITY =
      OverloadServer.AT_ONCE * 1000.0 / OverloadServer.HANDLER_MILLIS;

  /** One call of twenty: half of what the server can do. */
  private static final int EVERY_HIGH = 20;

  private OverloadBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    double factor = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 10;
    List<String> variants =
        arguments.length > 2 ? Arrays.asList(arguments).subList(2, arguments.length) : VARIANTS;
    print(
        "| limit | peak/s | offered/s | good/s | of peak | high accepted | mean, ms | settled, ms |"
            + " tenths below 90 %% | begun in vain | ended in vain |");
    print("|---|---|---|---|---|---|---|---|---|---|---|");
    for (String variant : variants) {
      try (Server server = new Server(variant)) {
        server.measure(Duration.ofSeconds(seconds), factor);
      }
    }
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  private static final class Server implements AutoCloseable {

    private final String variant;
    private final Process process;
    private final BufferedReader output;
    private final PrintWriter input;
    private final List<ManagedChannel> channels = new ArrayList<>();

    Server(String variant) throws IOException {
      this.variant = variant;
      this.process =
          new ProcessBuilder(
                  "taskset",
                  "-c",
                  "0",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xms512m",
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  OverloadServer.class.getName(),
                  variant)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      this.output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      this.input =
          new PrintWriter(
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
      int port = Integer.parseInt(lineWith("port")[1]);
      for (int i = 0; i < CHANNELS; i++) {
        channels.add(
            NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build());
      }
    }

    void measure(Duration time, double factor) throws IOException {
      OpenLoad load = new OpenLoad(channels, DEADLINE);
      load.run(Duration.ofSeconds(20), CAPACITY / 2, EVERY_HIGH);
      load.run(Duration.ofSeconds(15), CAPACITY * factor, EVERY_HIGH);
      double peak = 0;
      for (double part : new double[] {0.8, 0.9, 0.95, 1}) {
        // A little more than it can do is still a queue that no deadline notices.
        peak =
            Math.max(peak, load.run(Duration.ofSeconds(3), CAPACITY * part, EVERY_HIGH).goodput());
        load.run(Duration.ofSeconds(1), CAPACITY / 10, EVERY_HIGH);
      }
      load.run(Duration.ofSeconds(5), CAPACITY / 2, EVERY_HIGH);
      long[] before = did();
      OpenLoad.Result result = load.run(time, CAPACITY * factor, EVERY_HIGH);
      long[] after = did();
      double tenth = peak / 10;
      print(
          "| `%s` | %.0f | %.0f | %.0f | %.3f | %.4f | %.1f | %.0f | %d | %d | %d |",
          variant,
          peak,
          result.begun / (double) time.toSeconds(),
          result.goodput(),
          result.goodput() / peak,
          result.highGood.get() / (double) Math.max(1, result.highBegun.get()),
          result.meanMillis(),
          result.settledAfterMillis(0.9 * tenth),
          result.below(0.9 * tenth),
          after[1] - before[1],
          after[2] - before[2]);
    }

    /** Calls that the handler has begun, begun in vain, and ended in vain. */
    private long[] did() throws IOException {
      input.println();
      String[] words = lineWith("did");
      return new long[] {
        Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])
      };
    }

    private String[] lineWith(String word) throws IOException {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(word + " ")) {
          return line.split(" ");
        }
      }
      throw new IOException(variant + " has ended");
    }

    @Override
    public void close() {
      channels.forEach(ManagedChannel::shutdownNow);
      process.destroy();
    }
  }
}
