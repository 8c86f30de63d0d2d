package com.example.registries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.registries.Fleet.Caller;
import com.example.registries.Fleet.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A fleet moves from another registry to etcd, one process after the other, and no call fails. */
public abstract class SwitchOver {

  private static final int THREADS = 2;

  private final AtomicInteger answers = new AtomicInteger();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private volatile Caller caller;
  private volatile boolean ended;

  /** The registry that the fleet leaves, for one test. */
  protected abstract OtherRegistry other();

  @Test
  void noCallFailsWhileAFleetMovesToEtcd() throws InterruptedException {
    ExecutorService load = Executors.newFixedThreadPool(THREADS);
    try (Fleet fleet = new Fleet(other())) {
      List<ConfigurableApplicationContext> inOther =
          List.of(fleet.instance(1, Step.OTHER), fleet.instance(2, Step.OTHER));
      caller = fleet.caller(Step.OTHER);
      for (int i = 0; i < THREADS; i++) {
        load.execute(this::callForEver);
      }

      List<ConfigurableApplicationContext> inBoth = replace(fleet, inOther, Step.BOTH, 3);
      replaceCaller(fleet, Step.BOTH);
      replace(fleet, inBoth, Step.ETCD, 5);
      replaceCaller(fleet, Step.ETCD);

      assertThat(caller.calls()).containsOnlyKeys(5, 6);
      ended = true;
      load.shutdown();
      assertThat(load.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
      System.out.printf("switch-over: %d calls, %d failed%n", answers.get(), failures.size());
      assertThat(failures).isEmpty();
      assertThat(answers.get()).isGreaterThan(1000);
    } finally {
      load.shutdownNow();
    }
  }

  /** Each instance by one of the next step, as a rolling update does. */
  private List<ConfigurableApplicationContext> replace(
      Fleet fleet, List<ConfigurableApplicationContext> old, Step step, int number) {
    List<ConfigurableApplicationContext> fresh = new ArrayList<>();
    for (ConfigurableApplicationContext each : old) {
      int next = number + fresh.size();
      fresh.add(fleet.instance(next, step));
      await()
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(() -> assertThat(caller.calls()).containsKey(next));
      each.close();
    }
    return fresh;
  }

  private void replaceCaller(Fleet fleet, Step step) {
    Caller before = caller;
    caller = fleet.caller(step);
    int seen = answers.get();
    // A call that began with the one before has ended.
    await().atMost(Duration.ofMinutes(1)).until(() -> answers.get() > seen + 10 * THREADS);
    before.application.close();
  }

  private void callForEver() {
    while (!ended) {
      try {
        caller.call();
        answers.incrementAndGet();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
  }
}
