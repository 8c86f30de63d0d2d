package dev.platform.books;

import io.grpc.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One instance of each application, for the calls of one thread. An instance that was cut is
 * replaced by a new one, which knows nothing, at the next call.
 */
final class Fleet {

  private final String name;
  private final History history;
  private final Map<App, AppProcess> processes = new EnumMap<>(App.class);
  private final Map<App, Integer> starts = new EnumMap<>(App.class);
  private final Deque<AppProcess> callChain = new ArrayDeque<>();

  Fleet(String name, History history) {
    this.name = name;
    this.history = history;
  }

  History history() {
    return history;
  }

  Conductor conductor() {
    return history.conductor();
  }

  /** The calls of somebody outside: a customer, an operator. */
  Channel fromOutside() {
    return new FleetChannel(this, null);
  }

  AppProcess process(App app) {
    AppProcess known = processes.get(app);
    if (known != null && !known.isDead()) {
      return known;
    }
    int start = starts.merge(app, 1, Integer::sum);
    AppProcess started = new AppProcess(app, app.id() + name + start, this);
    processes.put(app, started);
    return started;
  }

  /** Runs work of a process, which may be cut meanwhile; returns its failure if it lives. */
  @Nullable Throwable run(AppProcess process, Consumer<AppProcess> work) {
    callChain.push(process);
    try {
      work.accept(process);
      return null;
    } catch (RuntimeException | Error e) {
      return process.isDead() ? null : e;
    } finally {
      callChain.pop();
    }
  }

  /** Cuts all processes that wait for each other now. */
  void cutCallChain() {
    List.copyOf(callChain).forEach(AppProcess::cut);
  }
}
