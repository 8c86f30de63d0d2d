package dev.platform.core.deadline;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/** When a call that is made ends at the latest. */
public final class CallDeadline {

  private CallDeadline() {}

  /**
   * The earlier one of the call's own and that of the call being served on this thread, by which
   * gRPC ends it; null where there is neither.
   */
  public static @Nullable Deadline of(CallOptions options) {
    Deadline own = options.getDeadline();
    Deadline incoming = Context.current().getDeadline();
    if (own == null || incoming == null) {
      return own == null ? incoming : own;
    }
    return own.minimum(incoming);
  }
}
