package dev.platform.core.concurrency;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A server that works on some calls at a time, first come, first served, behind a limit, in
 * simulated time. Calls arrive at random; a run with the same seed is the same.
 */
final class SimulatedServer {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ConcurrencyLimit limit;
  private final int workers;
  private final Random random = new Random(7);
  private final Deque<Call> waiting = new ArrayDeque<>();
  private final PriorityQueue<Call> running = new PriorityQueue<>();
  private final List<Long> answers = new ArrayList<>();
  private final UnhinderedTime method = new UnhinderedTime();
  private Duration handlerTakes;
  private double randomness;
  private long now = 1;

  SimulatedServer(ConcurrencyLimit limit, int workers, Duration handlerTakes) {
    this.limit = limit;
    this.workers = workers;
    this.handlerTakes = handlerTakes;
  }

  /** Calls that arrive at a rate, and what became of them. */
  static final class Offer {

    private final double perSecond;
    private final double share;
    private final UnhinderedTime method;
    private final Duration takes;
    int offered;
    int accepted;

    private Offer(double perSecond, double share, UnhinderedTime method, Duration takes) {
      this.perSecond = perSecond;
      this.share = share;
      this.method = method;
      this.takes = takes;
    }

    double refused() {
      return 1 - accepted / (double) offered;
    }
  }

  /** A call; ends at the time that is known when it is begun. */
  private static final class Call implements Comparable<Call> {

    private final Offer offer;
    private final int inFlight;
    private final long admittedAt;
    private long end;

    private Call(Offer offer, int inFlight, long admittedAt) {
      this.offer = offer;
      this.inFlight = inFlight;
      this.admittedAt = admittedAt;
    }

    @Override
    public int compareTo(Call other) {
      return Long.compare(end, other.end);
    }
  }

  /** From now on handlers take another time. */
  void handlersTake(Duration time) {
    handlerTakes = time;
  }

  /** From now on, exponentially distributed. */
  void handlersTakeAtRandom() {
    randomness = 1;
  }

  Offer offer(double perSecond, double share) {
    return new Offer(perSecond, share, method, Duration.ZERO);
  }

  /** Calls of another method. */
  static Offer offerOf(Duration takes, double perSecond, double share) {
    return new Offer(perSecond, share, new UnhinderedTime(), takes);
  }

  /** Lets time pass, in which calls arrive. */
  void run(Duration time, Offer... offers) {
    long end = now + time.toNanos();
    long[] next = new long[offers.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = now + pause(offers[i]);
    }
    while (true) {
      int first = 0;
      for (int i = 1; i < next.length; i++) {
        first = next[i] < next[first] ? i : first;
      }
      long arrival = next[first];
      long completion = running.isEmpty() ? Long.MAX_VALUE : running.peek().end;
      now = Math.min(Math.min(arrival, completion), end);
      if (now == end) {
        return;
      }
      if (completion <= arrival) {
        complete(running.remove());
      } else {
        arrive(offers[first]);
        next[first] = now + pause(offers[first]);
      }
    }
  }

  private void arrive(Offer offer) {
    offer.offered++;
    int inFlight = limit.enter(offer.share);
    if (inFlight > 0) {
      offer.accepted++;
      Call call = new Call(offer, inFlight, now);
      if (running.size() < workers) {
        begin(call);
      } else {
        waiting.add(call);
      }
    }
  }

  private void begin(Call call) {
    long takes = call.offer.takes.isZero() ? handlerTakes.toNanos() : call.offer.takes.toNanos();
    if (randomness > 0) {
      takes = (long) (-Math.log(1 - random.nextDouble()) * takes);
    }
    call.end = now + takes;
    running.add(call);
  }

  private void complete(Call call) {
    limit.sample(call.offer.method, call.admittedAt, now, call.inFlight, true);
    limit.leave();
    answers.add(now);
    Call next = waiting.poll();
    if (next != null) {
      begin(next);
    }
  }

  private long pause(Offer offer) {
    return (long) (-Math.log(1 - random.nextDouble()) * SECOND / offer.perSecond);
  }

  long now() {
    return now;
  }

  /** The answers in each such span between two times. */
  List<Integer> answersIn(Duration span, long from, long to) {
    List<Integer> counts = new ArrayList<>();
    for (long start = from; start + span.toNanos() <= to; start += span.toNanos()) {
      long begin = start;
      long end = start + span.toNanos();
      counts.add((int) answers.stream().filter(at -> at >= begin && at < end).count());
    }
    return counts;
  }
}
