package dev.platform.interop.peers;

import java.util.Set;

/** What was seen or done at a time, in seconds from the start of a script. */
sealed interface Moment {

  double at();

  /** etcd had exactly these addresses of the service. */
  record Stored(double at, Set<String> addresses) implements Moment {

    public Stored {
      addresses = Set.copyOf(addresses);
    }
  }

  /** The watcher's list became this one. */
  record Listed(double at, Set<String> addresses) implements Moment {

    public Listed {
      addresses = Set.copyOf(addresses);
    }
  }

  /** An operator deleted the key of an instance that lives, or revoked its lease. */
  record Removed(double at, String address) implements Moment {}

  /** The process of an instance was killed. */
  record Killed(double at, String address) implements Moment {}

  /** An instance left in order, and its process, if it has one, has ended. */
  record Left(double at, String address) implements Moment {}
}
