package dev.platform.core.start;

/**
 * Work that makes a process's first calls fast: it loads classes, lets the JVM compile what calls
 * need, and opens connections. Runs once, when the servers listen, and before the process is ready
 * and registered.
 *
 * <p>It must have no lasting effect: what it does is for no caller.
 */
@FunctionalInterface
public interface WarmUp {

  /**
   * Does the work. Runs on a daemon thread, one warm-up after the other, in a trace that is not
   * sampled. When the time is up, and when the process shuts down, the thread is interrupted. A
   * failure is logged and has no other effect.
   *
   * @param run the time that is left, and a server for calls that nobody else sees
   * @throws Exception for any failure
   */
  void run(WarmUpRun run) throws Exception;
}
