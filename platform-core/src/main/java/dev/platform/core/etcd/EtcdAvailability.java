package dev.platform.core.etcd;

import io.grpc.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether etcd answers, judged by the platform's own calls. Logs each change once, and a reminder
 * every minute while a problem lasts. It logs no more than that when etcd refuses only some
 * requests, or is unavailable again and again. Thread-safe, never blocks.
 */
public final class EtcdAvailability {

  private static final Logger log = LoggerFactory.getLogger(EtcdAvailability.class);
  private static final long SECOND = 1_000_000_000L;
  private static final long REMINDER = 60 * SECOND;

  /** A problem that recurs within a minute is logged once it lasts this long. */
  private static final long SOON = 5 * SECOND;

  /**
   * Other requests succeed meanwhile, so a refusal counts as ended only after this time without
   * one.
   */
  private static final long REFUSALS_END = 10 * SECOND;

  private final String endpoints;
  private final LongSupplier nanoTime;
  // guarded by this
  private final Map<EtcdFailure.Kind, Problem> problems = new EnumMap<>(EtcdFailure.Kind.class);
  private boolean contacted;
  private boolean answered;
  private boolean closed;
  private boolean problemWasLogged;

  EtcdAvailability(String endpoints, LongSupplier nanoTime) {
    this.endpoints = endpoints;
    this.nanoTime = nanoTime;
  }

  /** Whether etcd answers and refuses nothing; false before the first answer. */
  public synchronized boolean isAvailable() {
    return contacted && worst() == null;
  }

  /** Whether etcd was last seen unreachable. */
  synchronized boolean isUnreachable() {
    Problem worst = worst();
    return worst != null && !worst.kind.isRefusal();
  }

  /** What is wrong with etcd; null while nothing is. */
  public synchronized @Nullable String lastError() {
    Problem worst = worst();
    return worst == null ? null : worst.text;
  }

  /** {@code etcd at [http://…] answers}, or since when it does not, and why. */
  public synchronized String describe() {
    if (!contacted) {
      return "etcd at %s has not been contacted yet".formatted(endpoints);
    }
    Problem worst = worst();
    return worst == null
        ? "etcd at %s answers".formatted(endpoints)
        : "etcd at " + endpoints + worst.lasting(nanoTime.getAsLong());
  }

  synchronized void succeeded() {
    contacted = true;
    answered = true;
    long now = nanoTime.getAsLong();
    if (worst() == null) {
      return;
    }
    for (Problem problem : problems.values()) {
      if (!problem.kind.isRefusal() || now - problem.lastAt >= REFUSALS_END) {
        problem.active = false;
      }
    }
    if (worst() == null && problemWasLogged) {
      problemWasLogged = false;
      log.info("etcd at {} answers again", endpoints);
    }
  }

  /** From here on calls fail because of the close. */
  synchronized void closed() {
    closed = true;
  }

  synchronized void failed(Status status) {
    EtcdFailure failure = EtcdFailure.of(status);
    failed(answered ? failure : failure.beforeAnyAnswer());
  }

  synchronized void failed(EtcdFailure failure) {
    if (closed) {
      return;
    }
    contacted = true;
    long now = nanoTime.getAsLong();
    Problem problem = problems.computeIfAbsent(failure.kind(), Problem::new);
    problem.occurred(failure.text(), now);
    if (problem.isDue(now)) {
      log.warn("etcd at {}{}", endpoints, problem.line(now));
      problemWasLogged = true;
    }
  }

  /** An unreachable etcd comes before all other problems. */
  private @Nullable Problem worst() {
    return problems.values().stream().filter(problem -> problem.active).findFirst().orElse(null);
  }

  /** One kind of failure, from its first to the end of its last. */
  private static final class Problem {

    private final EtcdFailure.Kind kind;
    private String text = "";
    private boolean active;
    private boolean logged;
    private boolean everLogged;
    private long since;
    private long lastAt;
    private long loggedAt;

    Problem(EtcdFailure.Kind kind) {
      this.kind = kind;
    }

    void occurred(String cause, long now) {
      if (!active) {
        active = true;
        logged = false;
        since = now;
      }
      text = cause;
      lastAt = now;
    }

    boolean isDue(long now) {
      return !everLogged || now - loggedAt >= REMINDER || (!logged && now - since >= SOON);
    }

    /** What to log now. */
    String line(long now) {
      String line = logged ? lasting(now) : started();
      logged = true;
      everLogged = true;
      loggedAt = now;
      return line;
    }

    private String started() {
      return (kind.isRefusal() ? " refuses requests" : " does not answer") + ", retrying: " + text;
    }

    String lasting(long now) {
      return " has %s for %d s: %s"
          .formatted(
              kind.isRefusal() ? "refused requests" : "not answered", (now - since) / SECOND, text);
    }
  }
}
