package dev.platform.interop.peers;

import java.util.List;

/**
 * What a subject made of a script.
 *
 * @param broken the promises that it broke, each once
 * @param rightAfter seconds from the end of the trouble until etcd and the list had what they
 *     should, for good; infinity if they never did
 */
record Verdict(List<Broken> broken, double rightAfter) {

  /** A broken promise, and what was seen. */
  record Broken(Promise promise, String seen) {}

  Verdict {
    broken = List.copyOf(broken);
  }

  boolean isKept() {
    return broken.isEmpty();
  }
}
