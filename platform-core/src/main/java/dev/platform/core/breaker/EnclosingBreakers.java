package dev.platform.core.breaker;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers that annotations have around the work that is done here. A call that would
 * go through one of them once more does not: its failure would count twice. They travel in gRPC's
 * context, so to whatever thread the work is handed, until the annotated operation has ended.
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

  /** What follows on this thread is inside, up to {@link #leave}. */
  public static EnclosingBreakers enter(String name) {
    return new EnclosingBreakers(name);
  }

  /** On the thread that entered. What it has handed on is inside up to {@link #end}. */
  public void leave() {
    inside.detach(before);
  }

  /** The breaker has counted the operation. On any thread. */
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
