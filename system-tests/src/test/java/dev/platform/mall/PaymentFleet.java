package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Instances of payment-app in a mall, each on a line of Spring Boot. Not thread-safe. */
final class PaymentFleet {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The JVM's exit code after SIGTERM: 128 plus the signal's number. */
  private static final int TERMINATED = 143;

  private static final CallCount PAYMENTS = new CallCount("payment.v1.PaymentService");

  private final Mall mall;
  private final String collector;
  private final Map<AppProcess, Line> lines = new HashMap<>();

  /**
   * @param collector the collector's endpoint
   */
  PaymentFleet(Mall mall, String collector) {
    this.mall = mall;
    this.collector = collector;
  }

  /** Starts and stops instances until exactly these are registered, in this order. */
  List<AppProcess> scale(Line... wanted) {
    List<AppProcess> spare = new ArrayList<>(mall.running(App.PAYMENT));
    List<AppProcess> fleet = new ArrayList<>();
    for (Line line : wanted) {
      AppProcess instance =
          spare.stream()
              .filter(each -> lines.get(each) == line)
              .findFirst()
              .orElseGet(() -> start(line));
      spare.remove(instance);
      fleet.add(instance);
    }
    fleet.forEach(AppProcess::awaitReady);
    spare.forEach(AppProcess::terminate);
    mall.awaitRegistered();
    return fleet;
  }

  /** Exactly one instance of each line. */
  Map<Line, AppProcess> oneOfEachLine() {
    List<AppProcess> fleet = scale(Line.values());
    Map<Line, AppProcess> each = new EnumMap<>(Line.class);
    fleet.forEach(instance -> each.put(lines.get(instance), instance));
    return each;
  }

  /**
   * Replaces each instance by one on another line, one after the other: an old instance stops only
   * after the new one has received a call.
   *
   * @param served receives the number of payments of each old instance
   */
  List<AppProcess> replaceEach(List<AppProcess> fleet, Line line, Map<String, Long> served)
      throws IOException, InterruptedException {
    List<AppProcess> replaced = new ArrayList<>();
    for (AppProcess old : fleet) {
      AppProcess next = start(line);
      next.awaitReady();
      mall.awaitRegistered();
      await(next.name() + " is called").atMost(LIMIT).until(() -> served(next) > 0);
      served.put(old.name(), served(old));
      assertThat(old.terminate()).as("exit code of %s", old.name()).isEqualTo(TERMINATED);
      mall.awaitRegistered();
      replaced.add(next);
    }
    return replaced;
  }

  /** The number of payments that an instance has served. */
  static long served(AppProcess instance) throws IOException, InterruptedException {
    return PAYMENTS.at(instance.instance());
  }

  private AppProcess start(Line line) {
    AppProcess instance = mall.start(App.PAYMENT, line, line.tracedTo(collector));
    lines.put(instance, line);
    return instance;
  }
}
