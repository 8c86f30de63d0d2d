package dev.platform.core.balancer;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.MethodDescriptor.MethodType;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks the instance with the lowest cost: its expected time times what is under way there, for its
 * share of calls. The expected time is that of {@link Slowness}. Instances whose times differ by
 * less than a factor of three are equals, since that much is noise, so an even fleet is called in
 * turn; from a factor of eight on times count in full.
 *
 * <p>Of up to {@value #FEW} instances all are looked at, of more a random {@value #SOME}, and
 * others if none of these is good. Instances of other zones get calls when those of the own zone
 * are three times as slow: the more the slower these are, so that both are known. Of all other
 * calls they get one in {@value #PROBES}.
 *
 * <p>Thread-safe, without locks; threads that pick at the same moment may pick the same instance.
 * Allocates nothing.
 */
final class PeakEwmaPicker extends SubchannelPicker {

  static final int FEW = 10;
  static final int SOME = 4;
  static final int PROBES = 128;

  /** Times that differ by no more octaves are equal. */
  private static final double NOISE = 1.5;

  /** Instances of the own zone may be slower by so many octaves. */
  private static final double ADVANTAGE = 1.5;

  /** With each octave more they keep a sixteenth of the calls. */
  private static final double LEAVING = 4;

  /** The bits of a random number that decide about other zones. */
  private static final int CHANCE_BITS = 20;

  /** What has just been called gives way to equals, but not to those with a call under way. */
  private static final double TURN_WEIGHT = 0.5;

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final Candidate[] near;
  private final Candidate[] far;
  private final Turns turns;
  private final LongSupplier nanoTime;
  private final LongAdder elsewhere;

  /**
   * An instance that can be picked.
   *
   * @param perCall what one call counts there: the largest weight, in proportion to its own
   */
  record Candidate(InstanceLoad load, PickResult pick, double perCall) {

    /**
     * What is under way, for its share of calls; and one turn or more if it has just been called.
     */
    double pressure(double turn, long now, boolean stream) {
      double ahead = load.turn() - turn;
      double underWay = load.underWay(stream) * perCall;
      if (load.isEasedIn()) {
        underWay /= load.easedIn(now);
      }
      return 1 + underWay + (ahead > 0 ? TURN_WEIGHT * ahead : 0);
    }
  }

  /**
   * Whose turn it is, for all pickers of one balancer. Each pick moves the picked instance back by
   * one turn, or by more if its share is small: start-time fair queueing. Fields are written
   * without any order: threads may overwrite each other's turn, which changes the order of picks
   * and nothing else.
   */
  static final class Turns {

    private double now;
    private long looks;
  }

  /**
   * @param near those that are preferred; not empty
   * @param far those of other zones
   * @param elsewhere counts the picks of those
   */
  PeakEwmaPicker(
      List<Candidate> near,
      List<Candidate> far,
      Turns turns,
      LongSupplier nanoTime,
      LongAdder elsewhere) {
    this.near = near.toArray(new Candidate[0]);
    this.far = far.toArray(new Candidate[0]);
    this.turns = turns;
    this.nanoTime = nanoTime;
    this.elsewhere = elsewhere;
  }

  @Override
  public PickResult pickSubchannel(PickSubchannelArgs call) {
    long now = nanoTime.getAsLong();
    boolean stream = call.getMethodDescriptor().getType() != MethodType.UNARY;
    long random = random(now);
    Candidate picked = choose(near, now, stream, random);
    if (far.length > 0) {
      Candidate other = choose(far, now, stream, random);
      if (other != null && (picked == null || isWorthIt(picked, other, now, random))) {
        picked = other;
        elsewhere.increment();
      }
    }
    if (picked == null) {
      // All are avoided, since a moment ago.
      picked = near[below(near.length, random)];
    }
    take(picked, now);
    return picked.pick;
  }

  private static boolean isWorthIt(Candidate own, Candidate other, long now, long random) {
    double behind = own.load.slowness(now) - other.load.slowness(now) - ADVANTAGE;
    double chance = (double) (random & ((1 << CHANCE_BITS) - 1)) / (1 << CHANCE_BITS);
    return chance < 1.0 / PROBES || (behind > 0 && chance > powerOfTwo(-LEAVING * behind));
  }

  /** The cheapest of all, or of some; null if all of them are avoided. */
  private @Nullable Candidate choose(Candidate[] all, long now, boolean stream, long random) {
    if (all.length <= FEW) {
      return cheapest(all, all.length, now, stream, random);
    }
    Candidate first = cheapest(all, SOME, now, stream, random);
    if (first != null && first.load.slowness(now) <= NOISE) {
      return first;
    }
    Candidate second = cheapest(all, FEW, now, stream, mixed(random));
    if (first == null && second == null) {
      return cheapest(all, all.length, now, stream, random);
    }
    return first == null || (second != null && second.load.slowness(now) < first.load.slowness(now))
        ? second
        : first;
  }

  private @Nullable Candidate cheapest(
      Candidate[] all, int looks, long now, boolean stream, long random) {
    boolean anyAvoided = all[0].load.isAnyAvoided();
    double turn = turns.now;
    double quickest = Double.POSITIVE_INFINITY;
    double bestSlowness = 0;
    double bestPressure = 0;
    Candidate best = null;
    for (int i = 0; i < looks; i++) {
      Candidate each = all[place(i, looks, all.length, random)];
      InstanceLoad load = each.load;
      if (anyAvoided && load.isAvoided()) {
        continue;
      }
      double slowness = load.slowness(now);
      double pressure = each.pressure(turn, now, stream);
      if (slowness < quickest) {
        quickest = slowness;
      }
      if (best == null
          || (slowness <= quickest + NOISE && bestSlowness <= quickest + NOISE
              ? pressure < bestPressure
              : penalty(slowness - quickest) * pressure
                  < penalty(bestSlowness - quickest) * bestPressure)) {
        best = each;
        bestSlowness = slowness;
        bestPressure = pressure;
      }
    }
    return best;
  }

  /** How many times as long as the quickest it counts, by the octaves between them. */
  private static double penalty(double octaves) {
    if (octaves <= NOISE) {
      return 1;
    }
    return powerOfTwo(octaves < 2 * NOISE ? 2 * (octaves - NOISE) : octaves);
  }

  /** Linear between whole numbers. */
  private static double powerOfTwo(double exponent) {
    return Double.longBitsToDouble((long) ((exponent + 1023) * (1L << 52)));
  }

  private void take(Candidate picked, long now) {
    InstanceLoad load = picked.load;
    double begins = load.turn() > turns.now ? load.turn() : turns.now;
    load.nextTurn(begins + picked.perCall / load.easedIn(now));
    turns.now = begins;
  }

  /** The place of the next instance to look at: one after the other of all, or some at random. */
  private static int place(int i, int looks, int count, long random) {
    if (looks < count) {
      return below(count, mixed(random + i * GOLDEN_RATIO));
    }
    int place = below(count, random) + i;
    return place < count ? place : place - count;
  }

  /** A hash of the time and a counter: cheap, and the same whenever a test is repeated. */
  private long random(long now) {
    return mixed(now + ++turns.looks * GOLDEN_RATIO);
  }

  /** The end of SplitMix64. */
  private static long mixed(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  private static int below(int bound, long random) {
    return (int) (((random >>> Integer.SIZE) * bound) >>> Integer.SIZE);
  }
}
