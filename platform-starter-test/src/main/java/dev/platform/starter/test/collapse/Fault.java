package dev.platform.starter.test.collapse;

/** Begins or ends a disturbance, such as the stall of a process. May block while it does so. */
@FunctionalInterface
public interface Fault {

  void run() throws Exception;
}
