package dev.platform.core.balancer;

import dev.platform.core.call.AttemptRecord;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The calls to one instance that may be silent for hours, or that no deadline ends, and when
 * something was received from the instance while there were any. Thread-safe.
 */
final class PatientCalls {

  private final Set<AttemptRecord> calls = ConcurrentHashMap.newKeySet();
  private final LongSupplier nanoTime;
  private volatile long lastHeard;

  PatientCalls(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether an attempt is one: a stream, or without a deadline. */
  static boolean isOne(AttemptRecord attempt) {
    return attempt.call().type() != MethodType.UNARY || attempt.call().deadline() == null;
  }

  void sent(AttemptRecord attempt) {
    lastHeard = nanoTime.getAsLong();
    calls.add(attempt);
  }

  void ended(AttemptRecord attempt) {
    if (!calls.isEmpty()) {
      calls.remove(attempt);
    }
  }

  /** Something was received. */
  void heard() {
    if (!calls.isEmpty()) {
      lastHeard = nanoTime.getAsLong();
    }
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** Whether there are any, and for longer than this nothing was received. */
  boolean isSilent(long now, long nanos) {
    return !calls.isEmpty() && now - lastHeard > nanos;
  }

  /** Ends them all. */
  void abort(Status status) {
    List.copyOf(calls).forEach(attempt -> attempt.call().abort(status));
  }
}
