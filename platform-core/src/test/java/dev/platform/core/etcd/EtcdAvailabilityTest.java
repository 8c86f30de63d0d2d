package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdAvailabilityTest {

  private static final Status REFUSED =
      Status.UNAVAILABLE.withDescription("io exception").withCause(new Exception("refused"));
  private static final Status FULL =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");
  private static final Status DENIED =
      Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
  private static final String AWAY = "unreachable: UNAVAILABLE, io exception, refused";
  private static final String IS_FULL =
      "etcd is full (NOSPACE): compact, defragment and disarm the alarm";

  @RegisterExtension final LogLines log = LogLines.ofPackage(EtcdAvailability.class);

  private long nanos = Duration.ofDays(1).toNanos();
  private final EtcdAvailability etcd = new EtcdAvailability("[e]", () -> nanos);

  @Test
  void isSilentWhileEtcdAnswers() {
    assertThat(etcd.describe()).isEqualTo("etcd at [e] has not been contacted yet");
    etcd.succeeded();
    etcd.succeeded();
    assertThat(lines()).isEmpty();
    assertThat(etcd.isAvailable()).isTrue();
    assertThat(etcd.describe()).isEqualTo("etcd at [e] answers");
  }

  @Test
  void logsAnOutageOnceThenEveryMinuteThenItsEnd() {
    etcd.succeeded();
    for (int i = 0; i < 1500; i++) {
      etcd.failed(REFUSED);
      pass(Duration.ofMillis(100));
    }
    assertThat(etcd.isAvailable()).isFalse();
    assertThat(etcd.describe()).isEqualTo("etcd at [e] has not answered for 150 s: " + AWAY);
    etcd.succeeded();

    assertThat(lines())
        .containsExactly(
            "WARN etcd at [e] does not answer, retrying: " + AWAY,
            "WARN etcd at [e] has not answered for 60 s: " + AWAY,
            "WARN etcd at [e] has not answered for 120 s: " + AWAY,
            "INFO etcd at [e] answers again");
    assertThat(etcd.isAvailable()).isTrue();
  }

  @Test
  void logsARefusalOnceEvenIfOtherRequestsSucceed() {
    for (int i = 0; i < 900; i++) {
      etcd.failed(FULL);
      pass(Duration.ofMillis(50));
      etcd.succeeded();
      pass(Duration.ofMillis(50));
    }
    assertThat(etcd.isAvailable()).isFalse();
    assertThat(etcd.lastError()).isEqualTo(IS_FULL);
    pass(Duration.ofSeconds(9));
    etcd.succeeded();
    assertThat(etcd.describe()).isEqualTo("etcd at [e] has refused requests for 99 s: " + IS_FULL);
    pass(Duration.ofSeconds(1));
    etcd.succeeded();

    assertThat(lines())
        .containsExactly(
            "WARN etcd at [e] refuses requests, retrying: " + IS_FULL,
            "WARN etcd at [e] has refused requests for 60 s: " + IS_FULL,
            "INFO etcd at [e] answers again");
    assertThat(etcd.lastError()).isNull();
  }

  @Test
  void logsEachCauseAndReportsUnavailabilityFirst() {
    etcd.failed(DENIED);
    etcd.failed(FULL);
    etcd.failed(REFUSED);

    assertThat(lines()).hasSize(3);
    assertThat(lines().get(0))
        .isEqualTo(
            "WARN etcd at [e] refuses requests, retrying: the etcd user lacks a role for these keys"
                + " (platform.etcd.username, platform.etcd.namespace):"
                + " etcdserver: permission denied");
    assertThat(etcd.lastError()).isEqualTo(AWAY);
    etcd.succeeded();
    assertThat(etcd.lastError()).contains("lacks a role");
    assertThat(lines()).hasSize(3);
  }

  @Test
  void aFlappingEtcdCausesFewLogLinesPerMinute() {
    for (int i = 0; i < 6000; i++) {
      etcd.failed(REFUSED);
      pass(Duration.ofMillis(50));
      etcd.succeeded();
      pass(Duration.ofMillis(50));
    }
    assertThat(lines()).hasSize(2 * 10);
    assertThat(lines().subList(0, 4))
        .containsExactly(
            "WARN etcd at [e] does not answer, retrying: " + AWAY,
            "INFO etcd at [e] answers again",
            "WARN etcd at [e] does not answer, retrying: " + AWAY,
            "INFO etcd at [e] answers again");
  }

  @Test
  void aSecondOutageWithinAMinuteIsLoggedOnceItLasts() {
    etcd.failed(REFUSED);
    etcd.succeeded();
    pass(Duration.ofSeconds(10));
    etcd.failed(REFUSED);
    assertThat(lines()).hasSize(2);
    pass(Duration.ofSeconds(5));
    etcd.failed(REFUSED);
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(2)).isEqualTo("WARN etcd at [e] does not answer, retrying: " + AWAY);
  }

  @Test
  void doesNotLogFailuresAfterTheClose() {
    etcd.closed();
    etcd.failed(REFUSED);
    assertThat(lines()).isEmpty();
  }

  @Test
  void suggestsAWrongSchemeOnlyUntilEtcdHasAnswered() {
    Status cut = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    etcd.failed(cut);
    assertThat(etcd.lastError())
        .endsWith("unknown reason; if etcd speaks TLS, platform.etcd.endpoints needs https");
    etcd.succeeded();
    etcd.failed(cut);
    assertThat(etcd.lastError()).endsWith("unknown reason");
  }

  private List<String> lines() {
    return log.lines().stream().filter(line -> line.contains("[e]")).toList();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
