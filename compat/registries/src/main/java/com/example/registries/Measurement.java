package com.example.registries;

import static org.awaitility.Awaitility.await;

import com.example.compat.Program;
import com.example.registries.Fleet.Caller;
import com.example.registries.Fleet.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures what a caller sees of each registry: {@code COMPAT_MEASURE=3 compat/run zookeeper} makes
 * three rounds and writes a table to {@code compat/zookeeper/target/}; likewise of others.
 */
public abstract class Measurement {

  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final Duration OUTAGE = Duration.ofSeconds(20);

  private final Map<String, Map<Step, List<Double>>> rows = new LinkedHashMap<>();
  private int number = 100;

  /** The registry beside etcd, for one test. */
  protected abstract OtherRegistry other();

  @Test
  @EnabledIfEnvironmentVariable(named = "COMPAT_MEASURE", matches = "[1-9][0-9]*")
  void measuresBoth() throws IOException {
    int rounds = Integer.parseInt(System.getenv("COMPAT_MEASURE"));
    String name = "";
    for (Step registry : List.of(Step.ETCD, Step.OTHER)) {
      try (Fleet fleet = new Fleet(other());
          Calls calls = new Calls(fleet, registry)) {
        name = fleet.other.name();
        for (int round = 0; round < rounds; round++) {
          comesAndGoes(fleet, calls, registry);
          dies(fleet, calls, registry);
          isAway(fleet, calls, registry);
          isEmptied(fleet, calls, registry);
        }
      }
    }
    String table = table(name);
    Files.writeString(
        Path.of("target", "measured-" + SpringBootVersion.getVersion() + ".md"), table);
    System.out.println(table);
  }

  private void comesAndGoes(Fleet fleet, Calls calls, Step registry) {
    int next = ++number;
    AtomicLong ready = new AtomicLong();
    ApplicationListener<ApplicationReadyEvent> listener = event -> ready.set(System.nanoTime());
    ConfigurableApplicationContext instance = fleet.instance(next, registry, listener);
    await().atMost(BOUND).until(() -> calls.last(next) > 0);
    add("comes: from ready to the first call, s", registry, seconds(ready.get(), calls.first(next)));
    int failed = calls.failed();
    long closing = System.nanoTime();
    instance.close();
    calls.more(200);
    add("goes: from SIGTERM to the last call, s", registry, seconds(closing, calls.last(next)));
    add("goes: failed calls", registry, calls.failed() - failed);
  }

  private void dies(Fleet fleet, Calls calls, Step registry) throws IOException {
    int next = ++number;
    int failed = calls.failed();
    try (Program instance =
        Program.start(
            ServiceApplication.class, "", List.of(), fleet.instanceArguments(next, registry, List.of()))) {
      await().atMost(BOUND).until(() -> calls.last(next) > 0);
      calls.more(200);
      int listed = calls.listed();
      long killed = System.nanoTime();
      instance.kill();
      await().atMost(BOUND).until(() -> calls.listed() < listed);
      add("dies: listed afterwards, s", registry, seconds(killed, System.nanoTime()));
      calls.more(200);
    }
    add("dies: failed calls", registry, calls.failed() - failed);
  }

  private void isAway(Fleet fleet, Calls calls, Step registry) {
    int next = ++number;
    int failed = calls.failed();
    away(fleet, registry, true);
    ConfigurableApplicationContext instance = fleet.instance(next, registry);
    long end = System.nanoTime() + OUTAGE.toNanos();
    await().atMost(BOUND).until(() -> System.nanoTime() > end);
    add("away for 20 s: failed calls", registry, calls.failed() - failed);
    long back = System.nanoTime();
    away(fleet, registry, false);
    await().atMost(BOUND).until(() -> calls.last(next) > 0);
    add(
        "back: to the first call of an instance that started meanwhile, s",
        registry,
        seconds(back, calls.first(next)));
    instance.close();
    calls.more(200);
    add("away and back: failed calls", registry, calls.failed() - failed);
  }

  private void isEmptied(Fleet fleet, Calls calls, Step registry) {
    int failed = calls.failed();
    int listed = listed(fleet, calls, registry);
    long back = System.nanoTime();
    if (registry == Step.ETCD) {
      fleet.etcd.wipe();
    } else {
      fleet.other.stop();
      fleet.other.empty();
      back = System.nanoTime();
      fleet.other.start();
    }
    await()
        .atMost(BOUND)
        .ignoreExceptions()
        .until(() -> listed(fleet, calls, registry) == listed);
    add("back without its data: all listed again, s", registry, seconds(back, System.nanoTime()));
    calls.more(200);
    add("back without its data: failed calls", registry, calls.failed() - failed);
  }

  /** What the registry itself has. */
  private static int listed(Fleet fleet, Calls calls, Step registry) {
    return registry == Step.ETCD
        ? fleet.etcd.keys("/services/price-service/").size()
        : calls.caller.inOther().size();
  }

  private static void away(Fleet fleet, Step registry, boolean away) {
    if (registry == Step.ETCD) {
      if (away) {
        fleet.etcd.stop();
      } else {
        fleet.etcd.start();
      }
    } else if (away) {
      fleet.other.stop();
    } else {
      fleet.other.start();
    }
  }

  private void add(String row, Step registry, double value) {
    rows.computeIfAbsent(row, any -> new LinkedHashMap<>())
        .computeIfAbsent(registry, any -> new ArrayList<>())
        .add(value);
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  /** Each cell has the median, the least and the most. */
  private String table(String other) {
    StringBuilder table =
        new StringBuilder("| event | etcd | ").append(other).append(" |\n|---|---|---|\n");
    rows.forEach(
        (row, cells) ->
            table
                .append("| ")
                .append(row)
                .append(" | ")
                .append(cell(cells.get(Step.ETCD)))
                .append(" | ")
                .append(cell(cells.get(Step.OTHER)))
                .append(" |\n"));
    return table.toString();
  }

  private static String cell(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }

  /** One caller that calls without a pause, and one instance that always answers. */
  private static final class Calls implements AutoCloseable {

    private final Caller caller;
    private final DiscoveryClient listing;
    private final Thread thread = new Thread(this::call, "calls");
    // guarded by this
    private final Map<Integer, long[]> answers = new LinkedHashMap<>();
    private int failed;
    private int made;
    private boolean ended;

    Calls(Fleet fleet, Step registry) {
      fleet.instance(1, registry);
      caller = fleet.caller(registry);
      listing = caller.application.getBean(DiscoveryClient.class);
      thread.start();
      await().atMost(BOUND).until(() -> last(1) > 0);
    }

    /** When it answered first; 0 if it never has. */
    synchronized long first(int instance) {
      return answers.getOrDefault(instance, new long[2])[0];
    }

    /** When it answered last; 0 if it never has. */
    synchronized long last(int instance) {
      return answers.getOrDefault(instance, new long[2])[1];
    }

    synchronized int failed() {
      return failed;
    }

    int listed() {
      return listing.getInstances("price-service").size();
    }

    void more(int calls) {
      int enough = made() + calls;
      BooleanSupplier reached = () -> made() >= enough;
      await().atMost(BOUND).until(reached::getAsBoolean);
    }

    private synchronized int made() {
      return made;
    }

    private void call() {
      while (!isEnded()) {
        try {
          answered(caller.call());
        } catch (RuntimeException e) {
          failed(e);
        }
      }
    }

    private synchronized void answered(int instance) {
      made++;
      long now = System.nanoTime();
      answers.computeIfAbsent(instance, any -> new long[] {now, now})[1] = now;
    }

    private synchronized void failed(RuntimeException failure) {
      made++;
      failed++;
      System.out.println("failed: " + failure);
    }

    private synchronized boolean isEnded() {
      return ended;
    }

    @Override
    public void close() {
      synchronized (this) {
        ended = true;
      }
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
