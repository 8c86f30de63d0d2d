package dev.platform.core.breaker;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers of annotations around the current work. A call inside a breaker does not
 * pass through a breaker of the same name: its failure would count twice. They are in gRPC's
 * context and move with it to other threads, until the annotated operation has ended. Thread-safe.
 */
public final class EnclosingBreakers {

  private static final Context.Key<EnclosingBreakers> INNERMOST =
      Context.key("platform-enclosing-breakers");

  private final String name;
  private final @Nullable EnclosingBreakers outer;
  private final Context inside;
  private final Context before;
  private volatile boolean ended;

  private EnclosingBreakers(String name) {
    this.name = name;
    this.outer = INNERMOST.get();
    this.inside = Context.current().withValue(INNERMOST, this);
    this.before = inside.attach();
  }

  /** Enters a breaker on this thread, until {@link #leave}. */
  public static EnclosingBreakers enter(String name) {
    return new EnclosingBreakers(name);
  }

  /**
   * Leaves the breaker, on the thread that entered. Work on other threads is inside until {@link
   * #end}.
   */
  public void leave() {
    inside.detach(before);
  }

  /** The operation has ended and was counted. On any thread. */
  public void end() {
    ended = true;
  }

  static boolean contains(String name) {
    for (EnclosingBreakers each = INNERMOST.get(); each != null; each = each.outer) {
      if (!each.ended && each.name.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
