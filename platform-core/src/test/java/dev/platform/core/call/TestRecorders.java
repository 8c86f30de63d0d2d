package dev.platform.core.call;

import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Deadline;
import java.time.Clock;
import java.util.function.LongSupplier;

/** Recorders of calls that tests move the time of. */
public final class TestRecorders {

  private TestRecorders() {}

  public static CallRecorder of(OutcomeClassifier outcomes, LongSupplier nanoTime) {
    return of(outcomes, Clock.systemUTC(), nanoTime);
  }

  public static CallRecorder of(OutcomeClassifier outcomes, Clock clock, LongSupplier nanoTime) {
    return new CallRecorder(outcomes, clock, nanoTime, Deadline.getSystemTicker());
  }
}
