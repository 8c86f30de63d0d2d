package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Harm that is done to a mall at random: a bank in a bad mood, and apps that are killed, or frozen
 * for a while, in the middle of whatever they do. For one thread.
 */
final class Trouble {

  private static final int MOST_VICTIMS = 3;
  private static final Duration LONGEST_PEACE = Duration.ofSeconds(2);

  private final Mall mall;
  private final Doors doors;
  private final Random random;
  private final Duration freeze;
  private int kills;
  private int freezes;

  /**
   * @param freeze how long a frozen app stands still
   */
  Trouble(Mall mall, Doors doors, Random random, Duration freeze) {
    this.mall = mall;
    this.doors = doors;
    this.random = random;
    this.freeze = freeze;
  }

  int kills() {
    return kills;
  }

  int freezes() {
    return freezes;
  }

  /** One round: afterwards as many apps run as before, and all of them work. */
  void strike() {
    moody();
    pass(Duration.ofMillis(random.nextInt((int) LONGEST_PEACE.toMillis())));
    List<AppProcess> frozen = new ArrayList<>();
    List<AppProcess> fresh = new ArrayList<>();
    long struckAt = System.nanoTime();
    for (Victim victim : victims()) {
      if (random.nextInt(4) == 0) {
        victim.process().freeze();
        frozen.add(victim.process());
        freezes++;
      } else {
        victim.process().kill();
        fresh.add(mall.start(victim.app()));
        kills++;
      }
    }
    doors.open(mall.running(App.ORDER).stream().filter(app -> !fresh.contains(app)).toList());
    fresh.forEach(AppProcess::awaitReady);
    if (!frozen.isEmpty()) {
      pass(freeze.minusNanos(System.nanoTime() - struckAt));
      frozen.forEach(AppProcess::thaw);
    }
    doors.open(mall.running(App.ORDER));
  }

  /** The bank answers late, is out of order half of the time, answers nobody, or is well. */
  private void moody() {
    switch (random.nextInt(4)) {
      case 0 -> bank(100 + random.nextInt(1000), 0, 0.1);
      case 1 -> bank(20, 0.5, 0.1);
      case 2 -> bank(60_000, 0, 0);
      default -> bank(20, 0, 0.1);
    }
  }

  /** Sets how all bank gateways behave that run now; others behave well. */
  void bank(int latencyMillis, double failing, double declining) {
    SetBehaviourRequest behaviour =
        SetBehaviourRequest.newBuilder()
            .setLatency(Durations.fromMillis(latencyMillis))
            .setFailureRatio(failing)
            .setDeclineRatio(declining)
            .build();
    try (Channels channels = new Channels()) {
      for (AppProcess payment : mall.running(App.PAYMENT)) {
        var unused =
            BankGatewayGrpc.newBlockingStub(channels.to(payment.address()))
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .setBehaviour(behaviour);
      }
    } catch (StatusRuntimeException e) {
      throw new IllegalStateException("the bank could not be told how to behave", e);
    }
  }

  private record Victim(App app, AppProcess process) {}

  private List<Victim> victims() {
    List<Victim> all = new ArrayList<>();
    for (App app : App.values()) {
      mall.running(app).forEach(process -> all.add(new Victim(app, process)));
    }
    Collections.shuffle(all, random);
    return all.subList(0, 1 + random.nextInt(MOST_VICTIMS));
  }

  private static void pass(Duration time) {
    if (!time.isNegative()) {
      await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }
  }
}
