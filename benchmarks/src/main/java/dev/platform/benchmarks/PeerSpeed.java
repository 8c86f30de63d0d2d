package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The peers' servers on the first core, called by bare grpc-java from the second. All of them run
 * all the time and take turns.
 */
final class PeerSpeed implements AutoCloseable {

  private static final List<String> OPTIONS = List.of("-Xms256m", "-Xmx256m");
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final Duration PERIOD = Duration.ofSeconds(3);

  private final List<Server> servers = new ArrayList<>();
  private final PeersBenchmark.Progress progress;

  private PeerSpeed(PeersBenchmark.Progress progress) {
    this.progress = progress;
  }

  static void run(List<PeerVariant> variants, int rounds, PeersBenchmark.Progress progress)
      throws InterruptedException {
    try (PeerSpeed speed = new PeerSpeed(progress)) {
      for (PeerVariant variant : variants) {
        speed.start(variant);
      }
      for (int warmUp = 0; warmUp < 2; warmUp++) {
        speed.each("warm-up", server -> ClosedLoop.run(server.channel, WARM_UP));
      }
      for (int round = 1; round <= rounds; round++) {
        speed.each("round " + round + " of " + rounds, Server::measure);
      }
      speed.print();
    }
  }

  private void start(PeerVariant variant) throws InterruptedException {
    try {
      variant.readLibraries();
      Server server = new Server(variant);
      servers.add(server);
      progress.say(
          "%s started in %.1f s, %.0f MB",
          variant, server.startSeconds, server.megabytesAfterStart);
    } catch (IOException | RuntimeException e) {
      progress.skip(variant, e);
    }
  }

  private void each(String step, Work work) throws InterruptedException {
    for (Server server : List.copyOf(servers)) {
      if (progress.isTimeUp()) {
        return;
      }
      progress.say("%s: %s", step, server.variant);
      try {
        work.on(server);
      } catch (IOException | RuntimeException e) {
        progress.skip(server.variant, e);
        servers.remove(server);
        server.close();
      }
    }
  }

  private void print() {
    if (servers.isEmpty() || servers.get(0).rates.isEmpty()) {
      return;
    }
    Server first = servers.get(0);
    System.out.println(
        String.format(
            Locale.ROOT,
            "| peer | calls/s | of %s | p99 at half of its calls/s, ms | B a call | start, s"
                + " | MB after start | MB after the load |",
            first.variant));
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (Server server : servers) {
      System.out.println(server.row(first));
    }
    System.out.println();
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
  }

  @FunctionalInterface
  private interface Work {

    void on(Server server) throws IOException, InterruptedException;
  }

  private static final class Server implements AutoCloseable {

    private final PeerVariant variant;
    private final PeerJvm process;
    private final ManagedChannel channel;
    private final double startSeconds;
    private final double megabytesAfterStart;
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> halfLoadTails = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();
    private double megabytesAfterLoad;

    Server(PeerVariant variant) throws IOException, InterruptedException {
      this.variant = variant;
      long started = System.nanoTime();
      List<String> command = new ArrayList<>(variant.command());
      command.add("server");
      process = PeerJvm.start(variant.label(), "0", OPTIONS, command);
      channel =
          NettyChannelBuilder.forAddress("127.0.0.1", process.awaitPort(START_LIMIT))
              .usePlaintext()
              .directExecutor()
              .build();
      RecommendationServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(START_LIMIT.toSeconds(), TimeUnit.SECONDS)
          .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      startSeconds = (System.nanoTime() - started) / 1e9;
      megabytesAfterStart = process.residentMegabytes();
    }

    void measure() throws IOException, InterruptedException {
      long before = process.allocatedBytes();
      Samples calls = ClosedLoop.run(channel, PERIOD);
      bytes.add((process.allocatedBytes() - before) / (double) calls.size());
      double rate = calls.size() / (double) PERIOD.toSeconds();
      rates.add(rate);
      halfLoadTails.add(SteadyLoad.run(channel, rate / 2, PERIOD).millis(99));
      megabytesAfterLoad = process.residentMegabytes();
    }

    String row(Server first) {
      return String.format(
          Locale.ROOT,
          "| %s | %.0f | %.2f | %.2f | %.0f | %.1f | %.0f | %.0f |",
          variant,
          Medians.median(rates),
          Medians.median(Medians.ratios(rates, first.rates)),
          Medians.median(halfLoadTails),
          Medians.median(bytes),
          startSeconds,
          megabytesAfterStart,
          megabytesAfterLoad);
    }

    @Override
    public void close() {
      channel.shutdownNow();
      process.close();
    }
  }
}
