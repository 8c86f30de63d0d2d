package dev.platform.core.balancer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.core.call.CallRecorder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether one instance is connected and silent, see {@link OutlierAvoidingLoadBalancer}. Its
 * questions, and {@link #heard}, are thread-safe. Everything else is confined to the channel's
 * synchronization context.
 */
final class Silence {

  private final BooleanSupplier ready;
  private final InstanceLoad load;
  private final PatientCalls patient;
  private final CallRecorder recorder;

  // in the synchronization context
  private boolean checking;
  private int failedChecks;

  /** When the first check was sent that failed, and after which none succeeded. */
  private long failingSince;

  private volatile boolean stale;
  private volatile boolean quiet;
  private volatile boolean silent;
  private volatile boolean heardSinceCheck;

  /**
   * @param ready whether the instance is connected
   */
  Silence(BooleanSupplier ready, InstanceLoad load, PatientCalls patient, CallRecorder recorder) {
    this.ready = ready;
    this.load = load;
    this.patient = patient;
    this.recorder = recorder;
  }

  boolean isSilent() {
    return silent;
  }

  /** Whether it may be silent: it is too early to be sure, and others are preferred. */
  boolean isQuiet() {
    return quiet;
  }

  /** Something was received. */
  void heard() {
    patient.heard();
    load.heard();
    if (quiet) {
      quiet = false;
    }
    if (!heardSinceCheck) {
      heardSinceCheck = true;
    }
  }

  /** The connection has ended. */
  void disconnected() {
    end();
    failedChecks = 0;
    heard();
  }

  void end() {
    silent = false;
  }

  /** Whether the instance must be checked again soon. */
  boolean isOfInterest() {
    return load.unansweredSince() != 0 || checking || silent || stale;
  }

  /** Whether there are patient calls, and nothing was received for longer than they may take. */
  boolean isStale(long now) {
    return ready.getAsBoolean() && patient.isSilent(now, OutlierAvoidingLoadBalancer.STALE_NANOS);
  }

  /** Whether it has been silent for so long that its connection must be given up. */
  boolean isLost(long now) {
    long since = load.unansweredSince();
    boolean unanswered = since != 0 && now - since > OutlierAvoidingLoadBalancer.LOST_NANOS;
    // Calls avoid it, so that perhaps nothing but checks is unanswered.
    boolean unchecked = now - failingSince > OutlierAvoidingLoadBalancer.LOST_NANOS;
    return silent
        && failedChecks > 1
        && (unanswered
            || unchecked
            || patient.isSilent(now, OutlierAvoidingLoadBalancer.LOST_NANOS));
  }

  /** Updates whether it is quiet. */
  void update(long now) {
    long since = load.unansweredSince();
    quiet =
        ready.getAsBoolean() && since != 0 && now - since > OutlierAvoidingLoadBalancer.QUIET_NANOS;
    stale = isStale(now);
  }

  /** Whether a health check should be sent to it. */
  boolean needsCheck() {
    return ready.getAsBoolean() && !checking && (silent || quiet || stale);
  }

  /**
   * Sends a health check. Any response will do, an error too.
   *
   * @param result is called with whether something was received in time, on any thread
   */
  void check(Channel instance, Consumer<Boolean> result) {
    checking = true;
    if (failedChecks == 0) {
      failingSince = recorder.nanoTime();
    }
    heardSinceCheck = false;
    CallOptions options =
        CallOptions.DEFAULT.withDeadline(
            recorder.deadlineAfter(OutlierAvoidingLoadBalancer.PATIENCE));
    Futures.addCallback(
        ClientCalls.futureUnaryCall(
            instance.newCall(HealthGrpc.getCheckMethod(), options),
            HealthCheckRequest.getDefaultInstance()),
        new FutureCallback<HealthCheckResponse>() {
          @Override
          public void onSuccess(@Nullable HealthCheckResponse answer) {
            result.accept(true);
          }

          @Override
          public void onFailure(Throwable failure) {
            Code code = Status.fromThrowable(failure).getCode();
            result.accept(heardSinceCheck || code != Code.DEADLINE_EXCEEDED);
          }
        },
        MoreExecutors.directExecutor());
  }

  /** Records the result of a health check; returns whether it changed. */
  boolean checked(boolean answered) {
    checking = false;
    failedChecks = answered ? 0 : failedChecks + 1;
    if (answered) {
      heard();
    }
    boolean before = silent;
    silent = !answered && ready.getAsBoolean();
    return silent != before;
  }
}
