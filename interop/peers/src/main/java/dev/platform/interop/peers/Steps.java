package dev.platform.interop.peers;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** A set of addresses over time. Before the first step it is empty. */
final class Steps {

  /** From {@code at} on, up to the next step, the set has this value. */
  record Step(double at, Set<String> value) {}

  private final List<Step> steps;

  Steps(List<Step> inOrder) {
    this.steps = List.copyOf(inOrder);
  }

  List<Double> times() {
    return steps.stream().map(Step::at).toList();
  }

  Set<String> at(double time) {
    Set<String> value = Set.of();
    for (Step step : steps) {
      if (step.at() > time) {
        break;
      }
      value = step.value();
    }
    return value;
  }

  /** Since when the condition holds without a break, at this time; infinity if it doesn't hold. */
  double since(double time, Predicate<Set<String>> condition) {
    double since = condition.test(Set.of()) ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    for (Step step : steps) {
      if (step.at() > time) {
        break;
      }
      if (!condition.test(step.value())) {
        since = Double.POSITIVE_INFINITY;
      } else if (since == Double.POSITIVE_INFINITY) {
        since = step.at();
      }
    }
    return since;
  }

  /** Since when the condition holds for good, by what was seen; infinity if it doesn't. */
  double forGood(Predicate<Set<String>> condition) {
    return since(Double.MAX_VALUE, condition);
  }
}
