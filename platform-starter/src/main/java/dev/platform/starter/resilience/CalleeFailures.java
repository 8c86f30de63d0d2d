package dev.platform.starter.resilience;

import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.Set;

/** Which outcomes of a call say that the callee is ill. */
final class CalleeFailures {

  private static final Set<Code> FAILURES =
      EnumSet.of(Code.INTERNAL, Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED);

  private CalleeFailures() {}

  static boolean isFailure(Status status) {
    return FAILURES.contains(status.getCode());
  }
}
