package dev.platform.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three instances of a peer, a client, and the registry through which it finds them. */
final class PeerFleet implements AutoCloseable {

  private static final int INSTANCES = 3;
  private static final String CORES = "0,1";
  private static final int WARM_UP_RATE = 600;
  private static final int WARM_UP_MILLIS = 8_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(120);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  /** The same for all: they start sooner, and the compiler disturbs the calls less. */
  private static final List<String> OPTIONS =
      List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final PeerVariant variant;
  private final PeerRegistry registry;
  private final List<PeerJvm> instances = new ArrayList<>();
  private final PeerJvm client;

  private PeerFleet(PeerVariant variant) throws IOException, InterruptedException {
    this.variant = variant;
    registry = PeerRegistry.start(variant.registry());
    try {
      client = connect(startInstances());
    } catch (IOException | RuntimeException | InterruptedException e) {
      closeServers();
      throw e;
    }
  }

  /** Starts all processes; returns when the client has made a call. */
  static PeerFleet start(PeerVariant variant) throws IOException, InterruptedException {
    return new PeerFleet(variant);
  }

  /** Returns their addresses. */
  private List<String> startInstances() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(variant.command());
    command.add("server");
    registry.address().ifPresent(command::add);
    for (int i = 0; i < INSTANCES; i++) {
      instances.add(PeerJvm.start(variant + "-" + i, CORES, OPTIONS, command));
    }
    List<String> addresses = new ArrayList<>();
    for (PeerJvm instance : instances) {
      addresses.add("127.0.0.1:" + instance.awaitPort(START_LIMIT));
      instance.send("delay " + PeerFaults.HANDLER_MICROS);
    }
    return addresses;
  }

  private PeerJvm connect(List<String> addresses) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(variant.command());
    command.add("client");
    command.add(registry.address().orElse(String.join(",", addresses)));
    PeerJvm started = PeerJvm.start(variant + "-client", CORES, OPTIONS, command);
    try {
      started.await("connected", START_LIMIT);
      return started;
    } catch (IOException | RuntimeException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  PeerJvm instance(int index) {
    return instances.get(index);
  }

  void warmUp() throws IOException, InterruptedException {
    call(WARM_UP_RATE);
    Thread.sleep(WARM_UP_MILLIS);
    stop();
  }

  /** Lets the client call at a rate, until {@link #stop()}. */
  void call(int callsPerSecond) {
    client.send("start " + callsPerSecond);
  }

  /** Ends the load; returns all of its calls. */
  FaultTimeline stop() throws IOException, InterruptedException {
    client.send("stop");
    FaultTimeline calls = new FaultTimeline();
    String line = client.next("end", ANSWER_LIMIT);
    while (!line.equals("end")) {
      if (line.startsWith("call ")) {
        String[] words = line.split(" ", 4);
        calls.add(words[1], words[2], words[3]);
      }
      line = client.next("end", ANSWER_LIMIT);
    }
    return calls;
  }

  @Override
  public void close() {
    client.close();
    closeServers();
  }

  private void closeServers() {
    instances.forEach(PeerJvm::close);
    registry.close();
  }
}
