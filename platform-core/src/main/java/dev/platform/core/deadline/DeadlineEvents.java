package dev.platform.core.deadline;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;

/** Tells a trace which calls this process has ended because their time was over. */
final class DeadlineEvents {

  private static final String EVENT = "platform.deadline.exceeded";
  private static final AttributeKey<String> OF = AttributeKey.stringKey("platform.deadline.of");

  private DeadlineEvents() {}

  /**
   * Puts the event on a span.
   *
   * @param of whose deadline: the {@code call}'s own, or its {@code caller}'s
   */
  static void add(Span span, String of) {
    span.addEvent(EVENT, Attributes.of(OF, of));
  }
}
