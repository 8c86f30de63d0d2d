package dev.platform.simulation;

import dev.platform.simulation.Fault.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All that determines a run: the seed of its schedule, its fleet, and its faults.
 *
 * @param instances how many there are
 * @param callers how many processes follow and call them
 * @param members of etcd
 * @param length in nanoseconds
 * @param callPause between two calls of a caller, in nanoseconds; 0 for no calls
 */
record Story(
    long seed,
    int instances,
    int callers,
    int members,
    long length,
    long callPause,
    List<Fault> faults) {

  private static final long MINUTE = 60 * Loop.SECOND;

  /** Without faults at its end, so that all must be well again. */
  private static final long QUIET_END = 2 * MINUTE;

  /** The story of a seed: a few minutes of a small fleet in trouble. */
  static Story of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    random.nextLong();
    long length = (4 + random.nextInt(5)) * MINUTE;
    int instances = 1 + random.nextInt(7) + (random.nextInt(16) == 0 ? 32 : 0);
    int members = random.nextInt(4) == 0 ? 1 : 3;
    // Some stories have few kinds of faults, which meet each other often.
    int focus = random.nextInt(3);
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    while (focus > 0 && kinds.size() > 4 * focus) {
      kinds.remove(random.nextInt(kinds.size()));
    }
    List<Fault> faults = new ArrayList<>();
    int count = 4 + random.nextInt(16);
    for (int i = 0; i < count; i++) {
      long at = 20 * Loop.SECOND + random.nextLong(length - QUIET_END - 20 * Loop.SECOND);
      faults.add(fault(random, kinds.get(random.nextInt(kinds.size())), at));
    }
    faults.sort(Comparator.comparingLong(Fault::at));
    return new Story(
        seed, instances, 1 + random.nextInt(2), members, length, Loop.SECOND / 5, faults);
  }

  /** A long time of a large fleet, with a fault now and then. */
  static Story fleet(long seed, int instances, long length, long pauseBetweenFaults) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Fault> faults = new ArrayList<>();
    List<Kind> kinds = List.of(Kind.values());
    for (long at = MINUTE; at < length - QUIET_END; ) {
      faults.add(fault(random, kinds.get(random.nextInt(kinds.size())), at));
      at += random.nextLong(2 * pauseBetweenFaults);
    }
    return new Story(seed, instances, 4, 3, length, Loop.SECOND, faults);
  }

  private static Fault fault(SplittableRandom random, Kind kind, long at) {
    // Short ones are hidden by timeouts, long ones exceed the leases.
    long longest = random.nextBoolean() ? 5 * Loop.SECOND : 50 * Loop.SECOND;
    long duration = random.nextLong(longest);
    if (kind == Kind.INSTANCE_NOT_READY && random.nextInt(3) == 0) {
      // Claimed again while its release is in flight.
      duration = random.nextLong(5 * Loop.MILLI);
    } else if (mayTakeLong(kind) && random.nextInt(4) == 0) {
      duration = (60 + random.nextLong(60)) * Loop.SECOND;
    }
    long size =
        switch (kind) {
          case ETCD_WIPED -> 1 + (random.nextBoolean() ? 0 : random.nextLong(3000));
          case SLOW_DISK -> random.nextLong(2 * Loop.SECOND);
          case MEMBER_LAGS -> random.nextLong(3 * Loop.SECOND);
          case INSTANCE_CLOCK, CALLER_CLOCK ->
              random.nextLong(-3600 * Loop.SECOND, 3600 * Loop.SECOND);
          case CLAIMED_TWICE, KEY_OVERWRITTEN -> random.nextLong(2);
          case INSTANCE_FAILS, ALL_FAIL -> 1 + random.nextLong(3);
          default -> 0;
        };
    return new Fault(kind, at, duration, random.nextInt(1000), size);
  }

  /** So that what is held is released before it is back. */
  private static boolean mayTakeLong(Kind kind) {
    return kind == Kind.INSTANCE_KILLED
        || kind == Kind.INSTANCE_LOST
        || kind == Kind.MOST_LEAVE
        || kind == Kind.MEMBER_ISOLATED;
  }

  Story with(List<Fault> some) {
    return new Story(seed, instances, callers, members, length, callPause, List.copyOf(some));
  }

  Story withLength(long shorter) {
    return new Story(seed, instances, callers, members, shorter, callPause, faults);
  }

  /** One line for each fault. */
  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        "seed %d: %d instances, %d callers, %d members of etcd, %d s%n"
            .formatted(seed, instances, callers, members, length / Loop.SECOND));
    faults.forEach(fault -> text.append("  ").append(fault).append(System.lineSeparator()));
    return text.toString();
  }
}
