package dev.platform.order.domain;

/** Tells users. Calls another service and blocks; throws {@link RemoteFailure}. */
public interface Notifier {

  /** Hands a notification over; idempotent by its id. */
  void notify(Notification.Draft draft);
}
