package dev.platform.spring.deadline;

import java.util.ArrayList;
import java.util.List;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

/**
 * Composes decorators of tasks: the context is restored first on the task's thread, so that the
 * application's own decorators run within the trace.
 */
final class ContextTaskDecorators {

  private ContextTaskDecorators() {}

  /**
   * A decorator that carries the context, and applies the application's.
   *
   * @param own the application's decorators, the outermost one first
   */
  static TaskDecorator with(List<TaskDecorator> own) {
    List<TaskDecorator> outermostFirst = new ArrayList<>();
    if (own.stream().noneMatch(ContextPropagatingTaskDecorator.class::isInstance)) {
      outermostFirst.add(new ContextPropagatingTaskDecorator());
    }
    outermostFirst.addAll(own);
    return task -> {
      Runnable decorated = task;
      for (int i = outermostFirst.size() - 1; i >= 0; i--) {
        decorated = outermostFirst.get(i).decorate(decorated);
      }
      return decorated;
    };
  }
}
