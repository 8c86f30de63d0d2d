package dev.platform.core.balancer;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.balancer.PeakEwmaPicker.Candidate;
import dev.platform.core.balancer.PeakEwmaPicker.Turns;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestCalls;
import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class PeakEwmaPickerInterleavingsTest {

  @Test
  void aPickSucceedsThoughAllInstancesBecomeAvoidedMeanwhile() {
    explore(
        () -> {
          Fleet fleet = new Fleet();
          together(
              () -> check(fleet.isOne(fleet.pick()), "an instance of another fleet"),
              () -> {
                fleet.one.avoided = true;
                fleet.other.avoided = true;
              });
        });
  }

  @Test
  void anAvoidedInstanceGetsNoCallWhileThereIsAnother() {
    explore(
        () -> {
          Fleet fleet = new Fleet();
          fleet.one.avoided = true;
          together(
              () -> check(fleet.pick() == fleet.toOther, "the avoided one"),
              () -> check(fleet.pick() == fleet.toOther, "the avoided one"));
        });
  }

  /** Threads may overwrite each other's turn: then a pick is not in turn, and no more. */
  @Test
  void picksAtTheSameMomentLeaveNothingBehindThatFavoursAnInstanceForLong() {
    explore(
        () -> {
          Fleet fleet = new Fleet();
          together(fleet::call, fleet::call);
          check(fleet.one.load.calls() == 0 && fleet.other.load.calls() == 0, "calls are left");
          int toOne = 0;
          for (int i = 0; i < 8; i++) {
            toOne += fleet.pick() == fleet.toOne ? 1 : 0;
          }
          check(toOne >= 2 && toOne <= 6, "of eight calls it got " + toOne);
        });
  }

  private static final class Fleet {

    final TestInstance one = new TestInstance();
    final TestInstance other = new TestInstance();
    final PickResult toOne = PickResult.withDrop(Status.UNAVAILABLE);
    final PickResult toOther = PickResult.withDrop(Status.UNAVAILABLE);
    private final CallRecorder recorder = TestCalls.recorder(() -> 0);
    private final PeakEwmaPicker picker =
        new PeakEwmaPicker(
            List.of(new Candidate(one.load, toOne, 1), new Candidate(other.load, toOther, 1)),
            List.of(),
            new Turns(),
            () -> 0,
            new LongAdder());

    PickResult pick() {
      return picker.pickSubchannel(new Unary());
    }

    boolean isOne(PickResult pick) {
      return pick == toOne || pick == toOther;
    }

    void call() {
      TestInstance picked = pick() == toOne ? one : other;
      AttemptRecord attempt = TestCalls.sent(recorder, TestCalls.UNARY, picked);
      attempt.streamClosed(Status.OK);
    }
  }

  private static final class Unary extends PickSubchannelArgs {

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return new Metadata();
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return TestCalls.UNARY;
    }
  }
}
