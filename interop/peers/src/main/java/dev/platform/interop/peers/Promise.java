package dev.platform.interop.peers;

/** Those promises of {@code docs/guarantees.md} that are visible from outside, by their numbers. */
enum Promise {
  /** A live instance is in etcd again, the lease's time to live and 5 s after the trouble. */
  R1,
  /** The key of an instance that has left in order is not in etcd. */
  R2,
  /** The key of a killed process is gone 13 s later. */
  R4,
  /** A key that somebody deletes is back within 1 s. */
  R6,
  /** A watcher that was calm for 20 s lists a newcomer within 1 s. */
  D3,
  /** A watcher that was calm for 20 s drops an instance that left in order within 1 s. */
  D4,
  /** What is not in etcd for 65 s is in no list of a calm watcher. */
  D5,
  /** A list does not become empty while instances live. */
  D6
}
