package dev.platform.core.balancer;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Asks a policy's own picker again when it picks an instance that is avoided, and makes the
 * instance listen to the attempt. Thread-safe. Allocates nothing for a recorded call, unless the
 * policy adds something of its own to its picks.
 */
final class AvoidingPicker extends SubchannelPicker {

  /** A policy that picks at random, or for many threads, may pick an avoided instance again. */
  private static final int MORE_PICKS = 10;

  private final SubchannelPicker policysOwn;
  private final Runnable unarySent;
  private final CallRecorder recorder;

  /**
   * @param unarySent runs before a unary call is sent
   * @param recorder makes the records of calls that have none
   */
  AvoidingPicker(SubchannelPicker policysOwn, Runnable unarySent, CallRecorder recorder) {
    this.policysOwn = policysOwn;
    this.unarySent = unarySent;
    this.recorder = recorder;
  }

  @Override
  public PickResult pickSubchannel(PickSubchannelArgs call) {
    PickResult pick = policysOwn.pickSubchannel(call);
    for (int i = 0; i < MORE_PICKS && isAvoided(pick); i++) {
      pick = policysOwn.pickSubchannel(call);
    }
    if (!(pick.getSubchannel() instanceof TrackedSubchannel instance)) {
      return pick;
    }
    if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
      unarySent.run();
    }
    PickResult picked =
        isPlain(pick) ? instance.pick() : pick.copyWithSubchannel(instance.delegate());
    ClientCallRecord known = ClientCallRecord.find(call.getCallOptions());
    AttemptRecord attempt = known == null ? null : known.attempt(call.getHeaders());
    if (attempt != null) {
      attempt.picked(instance);
      return picked;
    }
    if (pick.getStreamTracerFactory() != null) {
      // A stream has one tracer from its pick, and the child policy needs it.
      return picked;
    }
    ClientCallRecord alone = recorder.attemptOf(call);
    alone.listen(instance);
    return picked.copyWithStreamTracerFactory(alone);
  }

  private static boolean isAvoided(PickResult pick) {
    return pick.getSubchannel() instanceof TrackedSubchannel instance && instance.isThis();
  }

  private static boolean isPlain(PickResult pick) {
    return pick.getStreamTracerFactory() == null
        && pick.getAuthorityOverride() == null
        && pick.getStatus().isOk();
  }
}
