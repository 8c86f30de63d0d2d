package dev.platform.starter.resilience;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The circuit breakers that annotations have around the code that runs on this thread. A call that
 * would go through one of them once more does not: its failure would count twice.
 */
final class EnclosingBreakers {

  private static final ThreadLocal<Deque<String>> names = ThreadLocal.withInitial(ArrayDeque::new);

  private EnclosingBreakers() {}

  static void enter(String name) {
    names.get().push(name);
  }

  static void leave() {
    Deque<String> entered = names.get();
    entered.pop();
    if (entered.isEmpty()) {
      names.remove();
    }
  }

  static boolean contains(String name) {
    return names.get().contains(name);
  }
}
