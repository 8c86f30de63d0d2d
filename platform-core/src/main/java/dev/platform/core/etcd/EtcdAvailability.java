package dev.platform.core.etcd;

import io.grpc.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether etcd answers, told by the calls that are made anyway. Logs each change once, and a
 * reminder a minute while something stays wrong. An etcd that refuses some requests and answers
 * others, or that comes and goes, is no reason for more lines. Thread-safe, never blocks.
 */
public final class EtcdAvailability {

  private static final Logger log = LoggerFactory.getLogger(EtcdAvailability.class);
  private static final long SECOND = 1_000_000_000L;
  private static final long REMINDER = 60 * SECOND;

  /** A trouble that comes again within a minute is told of once it lasts that long. */
  private static final long SOON = 5 * SECOND;

  /** Others are answered meanwhile, so only the lack of refusals tells that these have ended. */
  private static final long REFUSALS_END = 10 * SECOND;

  private final String endpoints;
  private final LongSupplier nanoTime;
  // guarded by this
  private final Map<EtcdFailure.Kind, Trouble> troubles = new EnumMap<>(EtcdFailure.Kind.class);
  private boolean asked;
  private boolean answered;
  private boolean closed;
  private boolean troubleWasLogged;

  EtcdAvailability(String endpoints, LongSupplier nanoTime) {
    this.endpoints = endpoints;
    this.nanoTime = nanoTime;
  }

  /** Whether etcd answers and refuses nothing; false before the first answer. */
  public synchronized boolean isAvailable() {
    return asked && worst() == null;
  }

  /** Whether etcd can't be reached at all, as far as is known. */
  synchronized boolean isAway() {
    Trouble worst = worst();
    return worst != null && !worst.kind.isRefusal();
  }

  /** What is wrong with etcd; null while nothing is. */
  public synchronized @Nullable String lastError() {
    Trouble worst = worst();
    return worst == null ? null : worst.text;
  }

  /** {@code etcd at [http://…] answers}, or since when it does not, and why. */
  public synchronized String describe() {
    if (!asked) {
      return "etcd at %s was not asked yet".formatted(endpoints);
    }
    Trouble worst = worst();
    return worst == null
        ? "etcd at %s answers".formatted(endpoints)
        : "etcd at " + endpoints + worst.lasting(nanoTime.getAsLong());
  }

  synchronized void succeeded() {
    asked = true;
    answered = true;
    long now = nanoTime.getAsLong();
    if (worst() == null) {
      return;
    }
    for (Trouble trouble : troubles.values()) {
      if (!trouble.kind.isRefusal() || now - trouble.lastAt >= REFUSALS_END) {
        trouble.active = false;
      }
    }
    if (worst() == null && troubleWasLogged) {
      troubleWasLogged = false;
      log.info("etcd at {} answers again", endpoints);
    }
  }

  /** What fails from here on fails because of the close. */
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
    asked = true;
    long now = nanoTime.getAsLong();
    Trouble trouble = troubles.computeIfAbsent(failure.kind(), Trouble::new);
    trouble.happened(failure.text(), now);
    if (trouble.isDue(now)) {
      log.warn("etcd at {}{}", endpoints, trouble.line(now));
      troubleWasLogged = true;
    }
  }

  /** Being away hides all else. */
  private @Nullable Trouble worst() {
    return troubles.values().stream().filter(trouble -> trouble.active).findFirst().orElse(null);
  }

  /** One kind of failure, from its first to the end of its last. */
  private static final class Trouble {

    private final EtcdFailure.Kind kind;
    private String text = "";
    private boolean active;
    private boolean told;
    private boolean everTold;
    private long since;
    private long lastAt;
    private long toldAt;

    Trouble(EtcdFailure.Kind kind) {
      this.kind = kind;
    }

    void happened(String cause, long now) {
      if (!active) {
        active = true;
        told = false;
        since = now;
      }
      text = cause;
      lastAt = now;
    }

    boolean isDue(long now) {
      return !everTold || now - toldAt >= REMINDER || (!told && now - since >= SOON);
    }

    /** What to log now. */
    String line(long now) {
      String line = told ? lasting(now) : beginning();
      told = true;
      everTold = true;
      toldAt = now;
      return line;
    }

    private String beginning() {
      return (kind.isRefusal() ? " refuses" : " does not answer") + ", trying on: " + text;
    }

    String lasting(long now) {
      return " has %s for %d s: %s"
          .formatted(kind.isRefusal() ? "refused" : "not answered", (now - since) / SECOND, text);
    }
  }
}
