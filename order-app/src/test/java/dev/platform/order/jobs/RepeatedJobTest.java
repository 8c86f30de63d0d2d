package dev.platform.order.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.domain.RemoteFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.scheduling.support.SimpleTriggerContext;

class RepeatedJobTest {

  private static final Duration INTERVAL = Duration.ofMillis(250);

  @Test
  void doesAllDueWorkAndPausesForTheInterval() {
    List<Integer> due = new ArrayList<>(List.of(1, 2, 3));
    RepeatedJob job = job(() -> !due.isEmpty() && due.remove(0) > 0);

    job.run();

    assertThat(due).isEmpty();
    assertThat(pauseAfter(job)).isEqualTo(INTERVAL);
  }

  @Test
  void backsOffWhileADependencyFails() {
    RepeatedJob job =
        job(
            () -> {
              throw new RemoteFailure("payment-service", false, true, new IllegalStateException());
            });
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      job.run();
      pauses.add(pauseAfter(job).toMillis());
    }

    assertThat(pauses).containsExactly(500L, 1000L, 2000L, 4000L, 5000L, 5000L, 5000L);
  }

  @Test
  void pausesForTheIntervalAgainAfterAFailure() {
    List<BooleanSupplier> outcomes =
        new ArrayList<>(
            List.of(
                () -> {
                  throw new TransientDataAccessResourceException("away");
                },
                () -> false));
    RepeatedJob job = job(() -> outcomes.remove(0).getAsBoolean());

    job.run();
    assertThat(pauseAfter(job)).isEqualTo(INTERVAL.multipliedBy(2));
    job.run();
    assertThat(pauseAfter(job)).isEqualTo(INTERVAL);
  }

  @Test
  void pausesHaveJitter() {
    RepeatedJob job =
        new RepeatedJob(
            "job",
            () -> {
              throw new RemoteFailure("payment-service", false, true, new IllegalStateException());
            },
            INTERVAL,
            () -> 0);
    job.run();

    assertThat(pauseAfter(job)).isEqualTo(INTERVAL);
  }

  @Test
  void startsImmediately() {
    SimpleTriggerContext never = new SimpleTriggerContext();

    assertThat(job(() -> false).nextExecution(never)).isBeforeOrEqualTo(Instant.now());
  }

  private static RepeatedJob job(BooleanSupplier next) {
    return new RepeatedJob("job", next, INTERVAL, () -> 1);
  }

  private static Duration pauseAfter(RepeatedJob job) {
    Instant end = Instant.EPOCH;
    return Duration.between(end, job.nextExecution(new SimpleTriggerContext(end, end, end)));
  }
}
