package dev.platform.order.persistence;

import dev.platform.order.domain.FailedWork;
import dev.platform.order.domain.FailureScope;
import dev.platform.order.domain.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Claims in one statement or, if the database refuses one of the entries, each by itself. */
final class OneByOne {

  private final Task task;
  private final FailedWork failedWork;
  private final Duration retryAfter;

  /**
   * @param retryAfter the pause until an entry that can't be claimed is retried
   */
  OneByOne(Task task, FailedWork failedWork, Duration retryAfter) {
    this.task = task;
    this.failedWork = failedWork;
    this.retryAfter = retryAfter;
  }

  /**
   * Claims entries; those that can't be claimed are counted as failed.
   *
   * @param all claims them together
   * @param ids their ids, without a claim
   * @param one claims a single one, if it is still due
   */
  <T> List<T> claim(
      Supplier<List<T>> all, Supplier<List<String>> ids, Function<String, List<T>> one) {
    try {
      return all.get();
    } catch (RuntimeException e) {
      if (failedWork.scopeOf(e) != FailureScope.ONE) {
        throw e;
      }
    }
    List<T> claimed = new ArrayList<>();
    for (String id : ids.get()) {
      try {
        claimed.addAll(one.apply(id));
      } catch (RuntimeException e) {
        if (failedWork.scopeOf(e) != FailureScope.ONE) {
          throw e;
        }
        failedWork.failed(task, id, e, retryAfter);
      }
    }
    return claimed;
  }
}
