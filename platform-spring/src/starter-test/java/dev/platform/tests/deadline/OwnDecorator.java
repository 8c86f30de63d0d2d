package dev.platform.tests.deadline;

import io.opentelemetry.api.trace.Span;
import org.springframework.core.task.TaskDecorator;

/** A task decorator of an application. */
class OwnDecorator implements TaskDecorator {

  private static final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

  private volatile String trace;

  /** Whether the current task was decorated. */
  static boolean isInside() {
    return inside.get();
  }

  /** The trace in which the last task was decorated. */
  String trace() {
    return trace;
  }

  @Override
  public Runnable decorate(Runnable task) {
    return () -> {
      trace = Span.current().getSpanContext().getTraceId();
      inside.set(true);
      try {
        task.run();
      } finally {
        inside.remove();
      }
    };
  }
}
