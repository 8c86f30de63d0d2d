package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A running etcd goes from plaintext to TLS and back step by step. */
class EtcdTlsStepsTest {

  /** In the order of the steps. */
  private static final List<String> STEPS =
      List.of(
          "etcd: {tls: {enabled: false, transition: false}}",
          "etcd: {tls: {enabled: false, transition: true}}",
          "etcd: {tls: {enabled: true, transition: true}}",
          "etcd: {tls: {enabled: true, transition: false}}");

  static Stream<Arguments> changes() {
    return IntStream.range(0, STEPS.size())
        .boxed()
        .flatMap(from -> IntStream.range(0, STEPS.size()).mapToObj(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @MethodSource("changes")
  void noStepIsSkipped(int from, int to) {
    Chart chart = Chart.tryOut();
    Cluster.apply(chart.with(STEPS.get(from)).render());
    Chart changed = chart.with(STEPS.get(to));

    if (Math.abs(to - from) <= 1) {
      assertThat(changed.render().all()).isNotEmpty();
    } else {
      assertThat(changed.refusal())
          .contains(
              "(expected: first etcd.tls.transition: true, later etcd.tls.enabled: " + (to > from));
    }
  }
}
