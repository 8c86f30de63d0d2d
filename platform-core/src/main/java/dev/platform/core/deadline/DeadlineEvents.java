package dev.platform.core.deadline;

import dev.platform.core.call.CallListener;
import dev.platform.core.call.ClientCallRecord;
import io.grpc.Status.Code;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;

/** Records on a call's span that this process ended the call because its deadline had passed. */
final class DeadlineEvents implements CallListener {

  static final DeadlineEvents CLIENT = new DeadlineEvents();

  private static final String EVENT = "platform.deadline.exceeded";
  private static final AttributeKey<String> OF = AttributeKey.stringKey("platform.deadline.of");

  /** Whether the call had a fair chance, so that its end is the callee's failure. */
  private static final AttributeKey<Boolean> FAIR =
      AttributeKey.booleanKey("platform.deadline.fair");

  private DeadlineEvents() {}

  /** The callee may have enforced the same deadline first. */
  @Override
  public void callEnded(ClientCallRecord call) {
    if (call.status().getCode() == Code.DEADLINE_EXCEEDED && call.isExpired()) {
      call.span()
          .addEvent(
              EVENT,
              Attributes.of(
                  OF, call.isOwnDeadlineFirst() ? "call" : "caller", FAIR, call.hadFairChance()));
    }
  }

  /**
   * Adds the event to a span.
   *
   * @param of whose deadline it was: {@code call} for the call's own, {@code caller} for that of
   *     the incoming call
   */
  static void add(Span span, String of) {
    span.addEvent(EVENT, Attributes.of(OF, of));
  }
}
