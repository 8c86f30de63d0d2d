package dev.platform.starter.test.collapse;

import dev.platform.starter.test.etcd.EtcdServer;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Disturbs a running application for a while. An application that is stable recovers by itself once
 * the trigger has gone. The faults run on a thread of their own, while requests continue.
 */
public final class Trigger {

  private final String name;
  private final @Nullable Fault begin;
  private final @Nullable Fault end;
  private final double burst;

  private Trigger(String name, @Nullable Fault begin, @Nullable Fault end, double burst) {
    this.name = Objects.requireNonNull(name, "name");
    this.begin = begin;
    this.end = end;
    this.burst = burst;
  }

  /** Any trigger: begins, lasts as long as the check says, and ends. */
  public static Trigger of(String name, Fault begin, Fault end) {
    return new Trigger(name, Objects.requireNonNull(begin), Objects.requireNonNull(end), 0);
  }

  /** What is named does not answer, and its connections stay open. */
  public static Trigger stall(String what, Fault pause, Fault resume) {
    return of("stall of " + what, pause, resume);
  }

  /** Threads of this process stall. */
  public static Trigger stall(String what, PauseLatch latch) {
    return stall(what, latch::pause, latch::resume);
  }

  /** A process is frozen by SIGSTOP, where there are POSIX signals. */
  public static Trigger stall(String what, ProcessHandle process) {
    return stall(what, () -> signal("STOP", process), () -> signal("CONT", process));
  }

  /** etcd is frozen. */
  public static Trigger stall(EtcdServer etcd) {
    return stall("etcd", etcd::freeze, etcd::thaw);
  }

  /** What is named is gone, and comes back. */
  public static Trigger dependencyAway(String what, Fault leave, Fault comeBack) {
    return of(what + " away", leave, comeBack);
  }

  /** etcd is killed, and started again with its data. */
  public static Trigger dependencyAway(EtcdServer etcd) {
    return dependencyAway("etcd", etcd::stop, etcd::start);
  }

  /**
   * A process ends, and another with cold caches takes its place.
   *
   * @param restart returns when the new process has started; then the trigger has gone
   */
  public static Trigger coldRestart(String what, Fault restart) {
    return new Trigger("cold restart of " + what, Objects.requireNonNull(restart), null, 0);
  }

  /** Requests come at a multiple of the capacity, instead of at the cell's load. */
  public static Trigger burst(double timesCapacity) {
    if (!(timesCapacity > 1 && timesCapacity <= 100)) {
      throw new IllegalArgumentException(
          "burst: " + timesCapacity + " times the capacity (expected: > 1 and <= 100)");
    }
    return new Trigger(
        "burst of " + timesCapacity + " times the capacity", null, null, timesCapacity);
  }

  public String name() {
    return name;
  }

  @Nullable Fault begin() {
    return begin;
  }

  @Nullable Fault end() {
    return end;
  }

  /** As a multiple of the capacity; 0 if it is no burst. */
  double burst() {
    return burst;
  }

  /** Whether it lasts until somebody ends it; a restart ends by itself. */
  boolean lasts() {
    return end != null || burst > 0;
  }

  @Override
  public String toString() {
    return name;
  }

  private static void signal(String signal, ProcessHandle process)
      throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    int code = new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    if (code != 0) {
      throw new IOException("kill -" + signal + " " + pid + ": exit code " + code);
    }
  }
}
