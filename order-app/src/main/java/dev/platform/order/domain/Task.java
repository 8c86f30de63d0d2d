package dev.platform.order.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A kind of background work. */
public enum Task {
  /** Settles orders whose outcome was lost; an entry is an order. */
  RECOVERY(OrderStatus.CREATED),
  /** Moves paid orders on; an entry is an order. */
  FULFILMENT(OrderStatus.PAID, OrderStatus.SHIPPED),
  /** Delivers notifications; an entry is a notification. */
  NOTIFICATION;

  private final Set<OrderStatus> states;

  Task(OrderStatus... states) {
    this.states = Set.of(states);
  }

  /** The states of orders that wait for this work; none if its entries are not orders. */
  public Set<OrderStatus> states() {
    return states;
  }

  /** Its name in lower case, as in the database, in meters and in the endpoint. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one with this {@link #id}. */
  public static Optional<Task> of(String id) {
    return Stream.of(values()).filter(task -> task.id().equals(id)).findFirst();
  }
}
