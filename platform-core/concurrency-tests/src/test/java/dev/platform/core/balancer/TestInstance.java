package dev.platform.core.balancer;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;

/** The load of an instance without a connection, which calls avoid when the test says so. */
final class TestInstance implements CallListener, InstanceLoad.Avoidance {

  final InstanceLoad load = new InstanceLoad(new UsualTimes(), this);
  volatile boolean avoided;

  @Override
  public void attemptSent(AttemptRecord attempt) {
    load.sent(attempt);
  }

  @Override
  public void attemptHeard(AttemptRecord attempt) {
    load.heard();
  }

  @Override
  public void attemptEnded(AttemptRecord attempt) {
    load.ended(attempt);
  }

  @Override
  public boolean isAny() {
    return true;
  }

  @Override
  public boolean isThis() {
    return avoided;
  }
}
