package dev.platform.order.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Delivers the outbox to the notification service, an order's entries in sequence. Safe in several
 * instances at once; delivers at least once.
 */
public final class DeliverNotifications {

  private static final int BATCH = 50;

  private final Outbox outbox;
  private final Notifier notifier;
  private final Clock clock;
  private final Duration retryAfter;
  private final FollowUpTracer followUpTracer;

  /**
   * @param retryAfter the pause until an undelivered entry is retried
   */
  public DeliverNotifications(
      Outbox outbox,
      Notifier notifier,
      Clock clock,
      Duration retryAfter,
      FollowUpTracer followUpTracer) {
    this.outbox = outbox;
    this.notifier = notifier;
    this.clock = clock;
    this.retryAfter = retryAfter;
    this.followUpTracer = followUpTracer;
  }

  /**
   * Delivers some entries that are due; false when there was none. Throws {@link RemoteFailure}.
   */
  public boolean next() {
    Instant now = clock.instant();
    List<DueWork<Notification.Draft>> due = outbox.claimDue(now, now.plus(retryAfter), BATCH);
    for (DueWork<Notification.Draft> entry : due) {
      Notification.Draft draft = entry.work();
      followUpTracer.run(
          "deliver_notification", draft.orderId(), entry.origin(), () -> deliver(draft));
    }
    return !due.isEmpty();
  }

  private void deliver(Notification.Draft draft) {
    try {
      notifier.notify(draft);
    } catch (NotificationException e) {
      outbox.rejected(draft.id(), e.getMessage());
      return;
    }
    outbox.delivered(draft.id());
  }
}
