package dev.platform.core.call;

/** A served call that is to know who makes it, once that is proved; for its log line. */
public interface IdentifiedCall {

  /**
   * @param caller the workload's name
   */
  void callerIs(String caller);
}
