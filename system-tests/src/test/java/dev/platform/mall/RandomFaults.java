package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random faults in a mall: a failing or slow bank, and killed or frozen apps. Not thread-safe. */
final class RandomFaults {

  /** The bank's behaviour. */
  enum Mood {
    WELL("is well", 20, 0, 0.1),
    LATE("answers late", 700, 0, 0.1),
    FAILING("fails every other time", 20, 0.5, 0.1),
    /** The bank charges without answering in time. */
    SILENT("stalls", 60_000, 0, 0);

    private final String words;
    private final int latencyMillis;
    private final double failing;
    private final double declining;

    Mood(String words, int latencyMillis, double failing, double declining) {
      this.words = words;
      this.latencyMillis = latencyMillis;
      this.failing = failing;
      this.declining = declining;
    }
  }

  private static final int MAX_VICTIMS = 2;
  private static final Duration MAX_PAUSE = Duration.ofSeconds(3);

  private final Mall mall;
  private final RunningOrderApps orderApps;
  private final Random random;
  private final Duration freeze;
  private int kills;
  private int freezes;

  /**
   * @param freeze how long an app stays frozen
   */
  RandomFaults(Mall mall, RunningOrderApps orderApps, Random random, Duration freeze) {
    this.mall = mall;
    this.orderApps = orderApps;
    this.random = random;
    this.freeze = freeze;
  }

  int kills() {
    return kills;
  }

  int freezes() {
    return freezes;
  }

  /**
   * Runs one round of faults; afterwards the same number of apps runs, and all work.
   *
   * @return the faults of the round
   */
  String strike() {
    StringBuilder done = new StringBuilder("a bank that " + setMood(Mood.values()));
    waitFor(Duration.ofMillis(random.nextInt((int) MAX_PAUSE.toMillis())));
    done.append(", then ").append(setMood(Mood.WELL, Mood.LATE, Mood.FAILING));
    List<AppProcess> frozen = new ArrayList<>();
    List<AppProcess> fresh = new ArrayList<>();
    long struckAt = System.nanoTime();
    for (Victim victim : victims()) {
      if (random.nextInt(4) == 0) {
        done.append(", freezes ").append(victim.process().name());
        victim.process().freeze();
        frozen.add(victim.process());
        freezes++;
      } else {
        done.append(", kills ").append(victim.process().name());
        victim.process().kill();
        fresh.add(mall.start(victim.app()));
        kills++;
      }
    }
    orderApps.open(mall.running(App.ORDER).stream().filter(app -> !fresh.contains(app)).toList());
    fresh.forEach(AppProcess::awaitReady);
    if (!frozen.isEmpty()) {
      waitFor(freeze.minusNanos(System.nanoTime() - struckAt));
      frozen.forEach(AppProcess::thaw);
    }
    orderApps.open(mall.running(App.ORDER));
    return done.toString();
  }

  private String setMood(Mood... moods) {
    Mood mood = moods[random.nextInt(moods.length)];
    bank(mood);
    return mood.words;
  }

  /** Sets the behaviour of all running bank gateways; new instances succeed. */
  void bank(Mood mood) {
    for (AppProcess payment : mall.running(App.PAYMENT)) {
      new BankSimulator(payment).behave(mood.latencyMillis, mood.failing, mood.declining);
    }
  }

  private record Victim(App app, AppProcess process) {}

  private List<Victim> victims() {
    List<Victim> all = new ArrayList<>();
    for (App app : App.values()) {
      mall.running(app).forEach(process -> all.add(new Victim(app, process)));
    }
    Collections.shuffle(all, random);
    return all.subList(0, 1 + random.nextInt(MAX_VICTIMS));
  }

  private static void waitFor(Duration time) {
    if (!time.isNegative()) {
      await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }
  }
}
