package dev.platform.books;

import dev.platform.core.failure.GrpcExceptionMapping;
import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.support.GenericApplicationContext;

/** An instance of an application: its beans, until it is cut. For one thread at a time. */
final class AppProcess {

  private final App app;
  private final String name;
  private final Fleet fleet;
  private final Set<ProcessDataSource.Session> sessions = new HashSet<>();
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
  private final GenericApplicationContext beans;
  private boolean dead;

  AppProcess(App app, String name, Fleet fleet) {
    this.app = app;
    this.name = name;
    this.fleet = fleet;
    this.beans = Wiring.of(this, fleet);
    for (BindableService service : beans.getBeansOfType(BindableService.class).values()) {
      ServerServiceDefinition definition = service.bindService();
      definition
          .getMethods()
          .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
    }
  }

  App app() {
    return app;
  }

  String name() {
    return name;
  }

  boolean isDead() {
    return dead;
  }

  <T> T bean(Class<T> type) {
    return beans.getBean(type);
  }

  GrpcExceptionMapping mapping() {
    return bean(GrpcExceptionMapping.class);
  }

  ServerMethodDefinition<?, ?> method(String fullName) {
    return Objects.requireNonNull(methods.get(fullName), fullName);
  }

  /** A thread of a process that was cut does nothing any more. */
  void requireAlive() {
    if (dead) {
      throw new Killed(name);
    }
  }

  /** What happens in place of a step; null if it happens. */
  @Nullable Choice before(Step.Kind kind, String what, boolean shared, int pid) {
    Conductor conductor = fleet.conductor();
    Choice choice = conductor.before(new Step(conductor.thread(), name, kind, what, shared), pid);
    requireAlive();
    return choice;
  }

  /** Ends the process and its connections; to be thrown. */
  Killed cut() {
    dead = true;
    Set.copyOf(sessions).forEach(ProcessDataSource.Session::end);
    return new Killed(name);
  }

  /** Ends the processes that wait for this one, too. */
  Killed cutWithCallers() {
    fleet.cutCallChain();
    return new Killed(name);
  }

  void opened(ProcessDataSource.Session session) {
    sessions.add(session);
  }

  void closed(ProcessDataSource.Session session) {
    sessions.remove(session);
  }
}
