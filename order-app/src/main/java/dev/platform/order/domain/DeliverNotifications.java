package dev.platform.order.domain;

/**
 * Delivers the outbox to the notification service, an order's entries in sequence. Safe in several
 * instances at once; delivers at least once.
 */
public final class DeliverNotifications {

  private final Outbox outbox;
  private final Notifier notifier;
  private final DueBatches batches;
  private final FailedWork failedWork;
  private final FollowUpTracer followUpTracer;

  /**
   * @param batches those of {@link Task#NOTIFICATION}
   */
  public DeliverNotifications(
      Outbox outbox,
      Notifier notifier,
      DueBatches batches,
      FailedWork failedWork,
      FollowUpTracer followUpTracer) {
    this.outbox = outbox;
    this.notifier = notifier;
    this.batches = batches;
    this.failedWork = failedWork;
    this.followUpTracer = followUpTracer;
  }

  /** Delivers some entries that are due, as {@link DueBatches#next}. */
  public boolean next() {
    return batches.next(
        outbox::claimDue,
        (DueWork<Notification.Draft> entry) ->
            followUpTracer.run(
                "deliver_notification",
                entry.work().orderId(),
                entry.origin(),
                () -> deliver(entry.work())));
  }

  private void deliver(Notification.Draft draft) {
    try {
      notifier.notify(draft);
    } catch (NotificationException e) {
      failedWork.park(Task.NOTIFICATION, draft.id(), e.getMessage());
      return;
    }
    outbox.delivered(draft.id());
  }
}
