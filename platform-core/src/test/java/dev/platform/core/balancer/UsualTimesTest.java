package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.balancer.UsualTimes.Usual;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UsualTimesTest {

  private static final MethodDescriptor<?, ?> ONE =
      RecommendationServiceGrpc.getGetRecommendationsMethod();
  private static final MethodDescriptor<?, ?> OTHER = NotificationServiceGrpc.getNotifyMethod();

  private final UsualTimes usual = new UsualTimes();

  @Test
  void nothingIsSlowWhileNothingIsUsual() {
    assertThat(usual.of(ONE).octaves(millis(1000))).isZero();
    assertThat(usual.of(ONE).nanos()).isZero();
  }

  @Test
  void eachMethodHasItsOwnUsualTime() {
    usual.of(ONE).answered(millis(1));
    usual.of(OTHER).answered(millis(512));
    assertThat(usual.of(OTHER).octaves(millis(512))).isZero();
    assertThat(usual.of(ONE).octaves(millis(512))).isGreaterThan(8);
  }

  @Test
  void aLateAnswerMovesItLittle() {
    Usual method = usual.of(ONE);
    for (int i = 0; i < 100; i++) {
      method.answered(millis(10));
    }
    method.answered(millis(1000));
    assertThat(method.octaves(millis(10))).isCloseTo(0, within(0.11));
  }

  @Test
  void itFollowsWhatIsUsualNow() {
    Usual method = usual.of(ONE);
    for (int i = 0; i < 100; i++) {
      method.answered(millis(10));
    }
    for (int i = 0; i < 300; i++) {
      method.answered(millis(80));
    }
    assertThat(method.octaves(millis(80))).isCloseTo(0, within(0.05));
  }

  @Test
  void pausesOfSchedulersAreNotSlow() {
    Usual method = usual.of(ONE);
    method.answered(TimeUnit.MICROSECONDS.toNanos(100));
    assertThat(method.octaves(TimeUnit.MICROSECONDS.toNanos(600))).isLessThan(1);
  }

  @Test
  void furtherMethodsShareOneUsualTime() {
    for (int i = 0; i < 500; i++) {
      usual.of(method("x/" + i)).answered(millis(1));
    }
    usual.of(method("x/501")).answered(millis(8));
    assertThat(usual.of(method("x/502")).octaves(millis(8))).isZero();
    assertThat(usual.of(method("x/1")).octaves(millis(8))).isGreaterThan(1);
  }

  private static MethodDescriptor<?, ?> method(String name) {
    return RecommendationServiceGrpc.getGetRecommendationsMethod().toBuilder()
        .setFullMethodName(name)
        .build();
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
