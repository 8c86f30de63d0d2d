package dev.platform.order.domain;

/** Notifies users. Calls another service and blocks; throws {@link RemoteFailure}. */
public interface Notifier {

  /** Sends a notification; idempotent by its id. */
  void notify(Notification.Draft draft);
}
