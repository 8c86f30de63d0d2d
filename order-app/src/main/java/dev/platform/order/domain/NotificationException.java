package dev.platform.order.domain;

import java.util.Objects;

/** Why a notification was not stored or acknowledged; the message may be shown to the caller. */
public final class NotificationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of failure it is. */
  public enum Kind {
    /** The request is invalid. */
    INVALID,
    /** Another notification has this id. */
    ID_REUSED
  }

  private final Kind kind;

  private NotificationException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static NotificationException invalid(String message) {
    return new NotificationException(Kind.INVALID, message);
  }

  public static NotificationException idReused(String id) {
    return new NotificationException(
        Kind.ID_REUSED, "notification_id was used for another notification: " + id);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
