package dev.platform.order.domain;

import java.time.Instant;
import java.util.Map;

/** The backlog of all instances together. Blocks on the database. */
public interface Backlogs {

  /** The backlog of each task. */
  Map<Task, Backlog> measure(Instant now);
}
