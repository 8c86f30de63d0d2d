package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.tls.TestAuthority;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthFutureStub;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All certificates are replaced again and again, and their authority as well, while orders come at
 * a fixed rate. {@code -Dmall.rotation.orders} sets the rate in orders a second.
 */
class RotationIT {

  private static final String RATE = "mall.rotation.orders";
  private static final int FEW = 10;
  private static final int MANY = 100;

  /** Orders under way, in seconds of load: on a busy machine later ones wait. */
  private static final int MAX_SECONDS_IN_FLIGHT = 2;

  private static final Duration MAX_AGE = Duration.ofSeconds(4);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** gRPC adds up to a tenth to a connection's age. */
  private static final Duration OUT_WITHIN = MAX_AGE.multipliedBy(11).dividedBy(10);

  /** The error of times on a busy machine. */
  private static final Duration NOISE = Duration.ofSeconds(2);

  private static final int RENEWALS = 3;
  private static final int PROBES_PER_SECOND = 10;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String HANDSHAKES_USE_IT = "has changed, handshakes use the new one";

  private static SecureMall secure;

  @BeforeAll
  static void open() throws Exception {
    secure = SecureMall.open("rotation");
    secure.configureAll(
        Map.of(
            "PLATFORM_SECURITY_TRANSPORT_MAXCONNECTIONAGE", MAX_AGE.toSeconds() + "s",
            "PLATFORM_SECURITY_TRANSPORT_MAXCONNECTIONAGEGRACE", GRACE.toSeconds() + "s"));
    secure.mall().startAll();
    new DatabaseAudit(secure.mall()).stock(Shopper.PRODUCTS, 1_000_000);
  }

  @AfterAll
  static void close() {
    secure.close();
  }

  @Test
  void noOrderFailsWhileCertificatesAreReplaced() throws Exception {
    replaceCertificatesUnder(Integer.getInteger(RATE, FEW));
  }

  @Test
  @Tag("nightly")
  void noOfManyOrdersFailsWhileCertificatesAreReplaced() throws Exception {
    replaceCertificatesUnder(Integer.getInteger(RATE, MANY));
  }

  private static void replaceCertificatesUnder(int perSecond) throws Exception {
    try (Shopper shopper = secure.shopper("ana", secure.app(App.ORDER))) {
      shopper.warmUp(20);
      try (SteadyLoad orders =
          SteadyLoad.start(perSecond, MAX_SECONDS_IN_FLIGHT * perSecond, shopper::order)) {
        for (int i = 0; i < RENEWALS; i++) {
          replace(orders, secure.certificates()::renew);
        }
        replaceAuthority(orders);
        LoadReport report = orders.stop();

        Report.line("certificates replaced under %d orders a second: %s", perSecond, report);
        assertThat(report.failures()).isEmpty();
        assertThat(report.calls()).isGreaterThan(perSecond * (int) OUT_WITHIN.toSeconds());
      }
    }
  }

  /** Also shows that who has no certificate of the new authority is out soon. */
  private static void replaceAuthority(SteadyLoad orders) {
    Certificates certificates = secure.certificates();
    TlsClient laggard = certificates.laggard("warehouse", Instant.now().plus(Duration.ofHours(1)));
    HealthFutureStub health = health(laggard);
    try (SteadyLoad probes =
        SteadyLoad.start(
            PROBES_PER_SECOND,
            () ->
                health
                    .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance()))) {
      probes.awaitMore(PROBES_PER_SECOND, LIMIT);
      TestAuthority[] next = new TestAuthority[1];
      replace(
          orders,
          () -> {
            next[0] = certificates.trustNext();
            laggard.trust(certificates.trusted());
          });
      replace(orders, () -> certificates.issueBy(next[0]));
      assertThat(probes.soFar().failures()).as("calls with a certificate in force").isEmpty();
      replace(orders, certificates::trustNoOther);
      long outOfForce = System.nanoTime();

      assertOutSoonAfter(outOfForce, probes, "of an authority that is not trusted any more");
    }
  }

  @Test
  void anIdentityWhoseCertificateIsNotRenewedIsOutSoonAfterItsEnd() {
    Duration life = Duration.ofSeconds(10);
    Instant until = Instant.now().plus(life);
    long end = System.nanoTime() + life.toNanos();
    HealthFutureStub health = health(secure.certificates().laggard("warehouse", until));
    try (SteadyLoad probes =
        SteadyLoad.start(
            PROBES_PER_SECOND,
            () ->
                health
                    .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance()))) {
      await("its certificate ends").atMost(LIMIT).until(() -> System.nanoTime() > end);
      assertThat(probes.soFar().sentBefore(end - NOISE.toNanos()).failures()).isEmpty();

      assertOutSoonAfter(end, probes, "that has expired");
    }
  }

  /** All calls from then on fail. */
  private static void assertOutSoonAfter(long end, SteadyLoad probes, String certificate) {
    await("it is out")
        .atMost(OUT_WITHIN.plus(LIMIT))
        .until(() -> System.nanoTime() > end + OUT_WITHIN.plus(NOISE).multipliedBy(2).toNanos());
    LoadReport report = probes.stop();
    long last =
        report.outcomes().stream()
            .filter(outcome -> !outcome.isFailure())
            .mapToLong(Outcome::sentAt)
            .max()
            .orElseThrow();
    Duration stayed = Duration.ofNanos(last - end);
    LoadReport late = report.sentSince(end + OUT_WITHIN.plus(NOISE).toNanos());
    Report.line(
        "a certificate %s: last call %d ms after that (connections live %d ms)",
        certificate, stayed.toMillis(), MAX_AGE.toMillis());
    assertThat(late.calls()).isPositive();
    assertThat(late.failures()).hasSize(late.calls());
  }

  private static HealthFutureStub health(TlsClient client) {
    Channel channel =
        secure.channel(client, secure.app(App.INVENTORY).address(), "inventory-service");
    return HealthGrpc.newFutureStub(channel);
  }

  /** Replaces files, waits until all apps use them, and for as long as connections live. */
  private static void replace(SteadyLoad orders, Runnable change) {
    int[] before = new int[App.values().length];
    for (App app : App.values()) {
      before[app.ordinal()] = replacements(app);
    }
    change.run();
    for (App app : App.values()) {
      await(app + " uses the new certificates")
          .atMost(LIMIT)
          .until(() -> replacements(app) > before[app.ordinal()]);
    }
    long since = System.nanoTime();
    await("all connections are new ones")
        .atMost(LIMIT)
        .until(() -> System.nanoTime() - since > OUT_WITHIN.toNanos());
    assertThat(orders.soFar().failures()).isEmpty();
  }

  private static int replacements(App app) {
    return (int)
        secure
            .app(app)
            .log()
            .text()
            .lines()
            .filter(line -> line.contains(HANDSHAKES_USE_IT))
            .count();
  }
}
