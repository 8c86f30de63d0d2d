package dev.platform.simulation;

import java.util.Locale;

/**
 * One thing that goes wrong, or that people do.
 *
 * @param at when it begins, in nanoseconds
 * @param duration until it ends; some have no end
 * @param target which member, instance or caller; modulo their number
 * @param size what the kind says: a delay, a jump, a revision
 */
record Fault(Kind kind, long at, long duration, int target, long size) {

  /** What goes wrong. */
  enum Kind {
    MEMBER_CRASHED("etcd's member %d is down"),
    MEMBER_FROZEN("etcd's member %d is frozen"),
    MEMBER_ISOLATED("etcd's member %d is cut off from the others"),
    MEMBER_LAGS("etcd's member %d lags"),
    ETCD_RESTARTED("all of etcd is down"),
    ELECTION("etcd has no leader"),
    ETCD_WIPED("etcd loses its data"),
    COMPACTED("etcd compacts its history"),
    SLOW_DISK("etcd's disk is slow"),
    ETCD_FULL("etcd is full"),
    INSTANCE_CUT_OFF("instance %d loses all packets to etcd"),
    INSTANCE_HALF_CUT_OFF("instance %d loses all packets to one member"),
    INSTANCE_RESET("instance %d's connections to etcd are reset"),
    INSTANCE_PAUSED("instance %d is paused"),
    INSTANCE_CLOCK("instance %d's wall clock jumps"),
    INSTANCE_KILLED("instance %d is killed, and started again afterwards"),
    INSTANCE_LOST("instance %d's machine is lost, and replaced afterwards"),
    INSTANCE_LEAVES("instance %d leaves, and starts again afterwards"),
    MOST_LEAVE("all instances but one leave, and start again afterwards"),
    INSTANCE_NOT_READY("instance %d is not ready"),
    KEY_DELETED("somebody deletes the key of instance %d"),
    KEY_OVERWRITTEN("somebody overwrites the key of instance %d, and deletes it afterwards"),
    CLAIMED_TWICE("a second process has the address of instance %d"),
    LEASE_REVOKED("somebody revokes the lease of instance %d"),
    ALL_LEASES_REVOKED("all leases are revoked"),
    INSTANCE_FAILS("the calls to instance %d fail"),
    ALL_FAIL("the calls to all instances fail"),
    CALLER_CUT_OFF("caller %d loses all packets to etcd"),
    CALLER_RESET("caller %d's connections to etcd are reset"),
    CALLER_PAUSED("caller %d is paused"),
    CALLER_CLOCK("caller %d's wall clock jumps"),
    CALLER_RESTARTED("caller %d is restarted");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  @Override
  public String toString() {
    String what = String.format(Locale.ROOT, kind.text, target);
    String details = size == 0 ? "" : " (" + size + ")";
    return String.format(
        Locale.ROOT, "at %.3f s, for %.3f s: %s%s", at / 1e9, duration / 1e9, what, details);
  }
}
