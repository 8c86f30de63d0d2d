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

/** Instances of payment-app in a mall, each on a line of Spring Boot. For one thread. */
final class PaymentFleet {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** SIGTERM's number and 128, which is how a JVM ends on it. */
  private static final int TERMINATED = 143;

  private static final CallCount PAYMENTS = new CallCount("payment.v1.PaymentService");

  private final Mall mall;
  private final String collector;
  private final Map<AppProcess, Line> lines = new HashMap<>();

  /**
   * @param collector where spans go
   */
  PaymentFleet(Mall mall, String collector) {
    this.mall = mall;
    this.collector = collector;
  }

  /** Starts and stops instances until there are exactly these, registered, in this order. */
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

  /** One instance of each line, and no others. */
  Map<Line, AppProcess> oneOfEachLine() {
    List<AppProcess> fleet = scale(Line.values());
    Map<Line, AppProcess> each = new EnumMap<>(Line.class);
    fleet.forEach(instance -> each.put(lines.get(instance), instance));
    return each;
  }

  /**
   * Lets an instance on another line take the place of each, one after the other: an old one is
   * only stopped when the new one is called.
   *
   * @param served gets how many payments each old one served
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

  /** How many payments an instance has served. */
  static long served(AppProcess instance) throws IOException, InterruptedException {
    return PAYMENTS.at(instance.instance());
  }

  private AppProcess start(Line line) {
    AppProcess instance = mall.start(App.PAYMENT, line, line.tracedTo(collector));
    lines.put(instance, line);
    return instance;
  }
}
