package dev.platform.benchmarks;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Unary calls a second on one server core, by the code around the handler. The servers are
 * processes on the first core; the client, bare grpc-java, has the second. All servers run all the
 * time and take turns, so each round is a separate comparison.
 */
final class CallsBenchmark {

  private static final String RECORDED = "--management.tracing.sampling.probability=1.0";

  /** The platform's defaults have it off, too. */
  private static final String NO_METRICS = "--management.otlp.metrics.export.enabled=false";

  private static final SecuredCalls SECURED = new SecuredCalls();

  /** All variants by name. */
  private static final Map<String, Variant> VARIANTS = new LinkedHashMap<>();

  static {
    VARIANTS.put("bare", Variant.of(List.of("bare")));
    VARIANTS.put("direct", Variant.of(List.of("direct")));
    VARIANTS.put("pool", Variant.of(List.of("pool")));
    VARIANTS.put("cached", Variant.of(List.of("cached")));
    VARIANTS.put("fixed", Variant.of(List.of("fixed")));
    VARIANTS.put("platform", Variant.of(everything("1.0")));
    VARIANTS.put("platform-boot4", Variant.onBoot4(CallServer.everything("1.0")));
    VARIANTS.put("non-blocking", Variant.of(nonBlocking()));
    VARIANTS.put("tls", Variant.of(overTls()).overTls());
    VARIANTS.put("secure", Variant.of(secured()).overTls());
    VARIANTS.put("unsampled", Variant.of(everything("0.0")));
    VARIANTS.put("untraced", Variant.of(List.of("spring", "--management.tracing.enabled=false")));
    VARIANTS.put("net.devh", Variant.of(List.of("spring", RECORDED, NO_METRICS)).stock());
    VARIANTS.put("spring-grpc", Variant.onBoot4(List.of(RECORDED, NO_METRICS)).stock());
  }

  /** A server: its main class, class path and arguments, and whether it is called over TLS. */
  private record Variant(String main, String classPath, List<String> arguments, boolean tls) {

    /** The platform's own modules, as folders of classes or as jars. */
    private static final Pattern PLATFORM =
        Pattern.compile(".*[/\\\\]platform-[a-z0-9-]+([/\\\\]target[/\\\\].*|[^/\\\\]*\\.jar)");

    static Variant of(List<String> arguments) {
      return new Variant(
          CallServer.class.getName(), System.getProperty("java.class.path"), arguments, false);
    }

    /** Uses the class path that {@code ./benchmarks/run} provides. */
    static Variant onBoot4(List<String> arguments) {
      return new Variant(
          "dev.platform.benchmarks.boot4.Boot4CallServer",
          System.getProperty("benchmark.boot4", ""),
          arguments,
          false);
    }

    /** The same server with its framework's own interceptors only. */
    Variant stock() {
      String others =
          Arrays.stream(classPath.split(File.pathSeparator))
              .filter(entry -> !PLATFORM.matcher(entry).matches())
              .collect(Collectors.joining(File.pathSeparator));
      return new Variant(main, others, arguments, tls);
    }

    Variant overTls() {
      return new Variant(main, classPath, arguments, true);
    }
  }

  private final List<Server> servers = new ArrayList<>();

  private CallsBenchmark() {}

  private static List<String> everything(String sampled) {
    List<String> arguments = new ArrayList<>(List.of("spring"));
    arguments.addAll(CallServer.everything(sampled));
    return arguments;
  }

  /** The same on the transport's thread. */
  private static List<String> nonBlocking() {
    List<String> arguments = new ArrayList<>(everything("1.0"));
    arguments.add(
        "--platform.grpc.server-executor.non-blocking=recommendation.v1.RecommendationService");
    return arguments;
  }

  /** The same with mutual TLS alone. */
  private static List<String> overTls() {
    List<String> arguments = new ArrayList<>(everything("1.0"));
    arguments.addAll(SECURED.transportArguments());
    return arguments;
  }

  /** The same with mutual TLS, users' tokens and rules. */
  private static List<String> secured() {
    List<String> arguments = new ArrayList<>(List.of("secured"));
    arguments.addAll(CallServer.everything("1.0"));
    arguments.addAll(SECURED.serverArguments());
    return arguments;
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7;
    List<String> variants =
        arguments.length > 2
            ? Arrays.asList(arguments).subList(2, arguments.length)
            : List.copyOf(VARIANTS.keySet());
    CallsBenchmark benchmark = new CallsBenchmark();
    try {
      for (String variant : variants) {
        benchmark.servers.add(new Server(variant));
      }
      benchmark.run(Duration.ofSeconds(seconds), rounds);
    } finally {
      benchmark.servers.forEach(Server::stop);
    }
  }

  private void run(Duration time, int rounds) throws InterruptedException {
    for (int warmUp = 0; warmUp < 3; warmUp++) {
      for (Server server : servers) {
        ClosedLoop.run(server.calls, Duration.ofSeconds(10));
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (Server server : servers) {
        Samples samples = ClosedLoop.run(server.calls, time);
        server.rates.add(samples.size() / (double) time.toSeconds());
        server.tails.add(samples.millis(99));
      }
    }
    Server first = servers.get(0);
    print("| server | calls/s | of %s | p99, ms | of %s |", first.name, first.name);
    print("|---|---|---|---|---|");
    for (Server server : servers) {
      print(
          "| %s | %.0f | %.2f | %.2f | %.2f |",
          server.name,
          Medians.median(server.rates),
          Medians.median(Medians.ratios(server.rates, first.rates)),
          Medians.median(server.tails),
          Medians.median(Medians.ratios(server.tails, first.tails)));
    }
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  /** A server process and the client's channel to it. */
  private static final class Server {

    private final String name;
    private final Process process;
    private final ManagedChannel channel;
    private final Channel calls;
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> tails = new ArrayList<>();

    Server(String name) throws IOException {
      this.name = name;
      Variant variant = VARIANTS.get(name);
      if (variant == null) {
        throw new IllegalArgumentException(name + " (expected: one of " + VARIANTS.keySet() + ")");
      }
      List<String> command =
          new ArrayList<>(
              List.of(
                  "taskset",
                  "-c",
                  "0",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xms256m",
                  "-Xmx256m",
                  "-cp",
                  variant.classPath(),
                  variant.main()));
      String options = System.getenv("BENCHMARK_SERVER_OPTIONS");
      if (options != null) {
        command.addAll(command.size() - 3, List.of(options.split(" ")));
      }
      command.addAll(variant.arguments());
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      channel = variant.tls() ? SECURED.channel(port()) : plaintext(port());
      calls = variant.tls() ? SecuredCalls.withToken(channel) : channel;
    }

    private static ManagedChannel plaintext(int port) {
      return NettyChannelBuilder.forAddress("127.0.0.1", port)
          .usePlaintext()
          .directExecutor()
          .build();
    }

    private int port() throws IOException {
      BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("port ")) {
          return Integer.parseInt(line.substring(5));
        }
      }
      throw new IOException(name + " ended before it served");
    }

    void stop() {
      channel.shutdownNow();
      process.destroy();
    }
  }
}
