package dev.platform.core.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class OutcomeClassifierTest {

  private final OutcomeClassifier standard = OutcomeClassifier.standard();

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      names = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED"})
  void statusesOfAnUnableCalleeAreFailures(Code code) {
    assertThat(standard.classify(code.toStatus(), new Metadata())).isEqualTo(CallOutcome.FAILURE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      mode = Mode.EXCLUDE,
      names = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"})
  void otherStatusesOfTheCalleeAreSuccesses(Code code) {
    assertThat(standard.classify(code.toStatus(), new Metadata())).isEqualTo(CallOutcome.SUCCESS);
  }

  @Test
  void cancellationsAreIgnored() {
    assertThat(standard.classify(Status.CANCELLED, new Metadata())).isEqualTo(CallOutcome.IGNORED);
  }

  @Test
  void aConnectionClosedDuringTheCallIsAFailure() {
    Status closed =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());

    assertThat(standard.classify(closed, new Metadata())).isEqualTo(CallOutcome.FAILURE);
  }
}
