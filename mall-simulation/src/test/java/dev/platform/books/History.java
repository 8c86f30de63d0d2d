package dev.platform.books;

import dev.platform.books.Point.Phase;
import dev.platform.books.Scenario.Act;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.inventory.domain.ExpireReservations;
import dev.platform.order.domain.DeliverNotifications;
import dev.platform.order.domain.FulfilOrders;
import dev.platform.order.domain.RecoverOrders;
import dev.platform.order.domain.RemoteFailure;
import io.grpc.StatusRuntimeException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A scenario from empty books to settled ones. Customers try again, at once and at the end; the
 * jobs work until nothing is due; then the books are compared.
 */
final class History {

  static final String PRODUCT = "p-1";
  static final int PRICE = 1290;
  static final int PIECES = 2;

  private static final int MOST_ROUNDS = 100;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** When each job has something to do next; the time comes first, in microseconds. */
  private static final String DUE_ORDERS =
      """
      select (extract(epoch from min(due)) * 1000000)::bigint, what from (
        select greatest(o.due_at, f.retry_at) as due,
               case o.status when 'CREATED' then 'RECOVER' else 'FULFIL' end as what
        from orders o left join failed_work f
          on f.entry_id = o.order_id
            and f.task = case o.status when 'CREATED' then 'recovery' else 'fulfilment' end
        where o.due_at is not null
        union all
        select due_at, 'DELIVER' from outbox) as all_due
      where due <> 'infinity' group by what
      """;

  private static final String DUE_RESERVATIONS =
      """
      select (extract(epoch from min(expires_at)) * 1000000)::bigint, 'EXPIRE'
      from reservation where status = 'HELD' having count(*) > 0
      """;

  private final Databases databases;
  private final Scenario scenario;
  private final Conductor conductor;
  private final MovableClock clock = new MovableClock();
  private final Set<String> called = new HashSet<>();
  private final Set<String> served = new HashSet<>();
  private final Map<Choice, List<Runnable>> later = new EnumMap<>(Choice.class);
  private final List<Told> told = new ArrayList<>();
  private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
  private final Fleet usual;

  private History(Databases databases, Scenario scenario, Map<Integer, Decision> plan) {
    this.databases = databases;
    this.scenario = scenario;
    this.conductor = new Conductor(plan, databases::isBlocked);
    this.usual = new Fleet("", this);
  }

  /**
   * What it came to.
   *
   * @param violations of the books' rules; none if all is well
   */
  record Outcome(List<Point> points, List<Told> told, List<String> violations) {}

  static Outcome of(Databases databases, Scenario scenario, Map<Integer, Decision> plan) {
    History history = new History(databases, scenario, plan);
    history.run();
    return new Outcome(history.conductor.points(), history.told, history.violations);
  }

  Databases databases() {
    return databases;
  }

  Scenario scenario() {
    return scenario;
  }

  Conductor conductor() {
    return conductor;
  }

  MovableClock clock() {
    return clock;
  }

  /** What the scenario chooses at this call; nothing at the end, when there is no trouble. */
  synchronized @Nullable Choice onCall(String method) {
    boolean first = called.add(method);
    return first && conductor.phase() != Phase.LAST ? scenario.told(method) : null;
  }

  /** A call was served; its answer is on its way. */
  void served(String method) {
    Act act = scenario.afterCall().get(method);
    boolean first;
    synchronized (this) {
      first = served.add(method);
    }
    if (act != null && first && conductor.phase() != Phase.LAST) {
      act(act, new Fleet("x", this));
    }
  }

  /** A request that arrives when its caller has given up. */
  synchronized void later(Choice when, Runnable request) {
    later.computeIfAbsent(when, key -> new ArrayList<>()).add(request);
  }

  private void run() {
    try {
      databases.reset(PRODUCT, PRICE, scenario.stock());
    } catch (SQLException e) {
      throw new IllegalStateException("the books can't be emptied", e);
    }
    conductor.enter(Phase.REQUESTS);
    actAll();
    conductor.enter(Phase.LATE);
    arrive(Choice.LATE);
    conductor.enter(Phase.RETRY);
    retry();
    conductor.enter(Phase.RECOVERY);
    recover();
    conductor.enter(Phase.VERY_LATE);
    arrive(Choice.VERY_LATE);
    conductor.enter(Phase.END);
    clock.advance(Wiring.CLAIM_TIMEOUT);
    retry();
    recover();
    conductor.enter(Phase.LAST);
    clock.advance(Wiring.CLAIM_TIMEOUT);
    List<Told> last = retry();
    recover();
    violations.addAll(conductor.differences());
    violations.addAll(new Audit(databases, scenario, told, last).violations());
  }

  private void actAll() {
    if (scenario.beginsWithAnOrder()) {
      scenario.orders().forEach(order -> act(order, usual));
    }
    List<Act> acts = scenario.acts();
    if (acts.size() == 1) {
      act(acts.get(0), usual);
      return;
    }
    List<Conductor.Work> works = new ArrayList<>();
    for (int i = 0; i < acts.size(); i++) {
      Act act = acts.get(i);
      String name = Character.toString('a' + i);
      Fleet fleet = new Fleet("-" + name, this);
      works.add(new Conductor.Work(name, () -> act(act, fleet)));
    }
    conductor.together(works);
  }

  private void act(Act act, Fleet fleet) {
    clock.advance(act.after());
    switch (act.kind()) {
      case ORDER -> order(act, fleet);
      case RECOVER -> work(fleet, "RECOVER");
      case EXPIRE -> work(fleet, "EXPIRE");
    }
  }

  private Told order(Act act, Fleet fleet) {
    CreateOrderRequest request =
        CreateOrderRequest.newBuilder()
            .setUserId(act.user())
            .setIdempotencyKey(act.key())
            .addItems(OrderItem.newBuilder().setProductId(PRODUCT).setQuantity(PIECES))
            .build();
    Told answer;
    try {
      answer =
          Told.paid(
              act.user(),
              act.key(),
              OrderServiceGrpc.newBlockingStub(fleet.fromOutside()).createOrder(request));
    } catch (StatusRuntimeException e) {
      answer = Told.failed(act.user(), act.key(), e);
    }
    synchronized (this) {
      told.add(answer);
    }
    return answer;
  }

  /** A customer without a key can't try again: that would be another order. */
  private List<Told> retry() {
    return scenario.orders().stream()
        .filter(act -> !act.key().isEmpty())
        .map(act -> order(act, usual))
        .toList();
  }

  private void arrive(Choice when) {
    List<Runnable> requests = later.remove(when);
    if (requests != null) {
      requests.forEach(Runnable::run);
    }
  }

  /** Moves the clock from one due job to the next until there is none. */
  private void recover() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Map<String, Instant> due = due();
      if (due.isEmpty()) {
        return;
      }
      Instant next = due.values().stream().min(Instant::compareTo).orElseThrow();
      // What failed is due still, but not tried again at once.
      clock.advanceTo(next.isAfter(clock.instant()) ? next : clock.instant().plus(PAUSE));
      due.forEach(
          (job, time) -> {
            if (!time.isAfter(clock.instant())) {
              work(usual, job);
            }
          });
    }
    violations.add("after " + MOST_ROUNDS + " rounds there is still work: " + due());
  }

  private Map<String, Instant> due() {
    Map<String, Instant> due = new TreeMap<>();
    for (List<List<String>> rows :
        List.of(
            databases.read("order", DUE_ORDERS), databases.read("inventory", DUE_RESERVATIONS))) {
      rows.forEach(
          row ->
              due.put(
                  row.get(1),
                  Instant.EPOCH.plusNanos(Math.multiplyExact(Long.parseLong(row.get(0)), 1000L))));
    }
    return due;
  }

  private void work(Fleet fleet, String job) {
    switch (job) {
      case "RECOVER" ->
          work(fleet, App.ORDER, order -> repeat(order.bean(RecoverOrders.class)::next));
      case "FULFIL" ->
          work(fleet, App.ORDER, order -> repeat(order.bean(FulfilOrders.class)::next));
      case "DELIVER" ->
          work(fleet, App.ORDER, order -> repeat(order.bean(DeliverNotifications.class)::next));
      case "EXPIRE" ->
          work(fleet, App.INVENTORY, inventory -> inventory.bean(ExpireReservations.class).run());
      default -> throw new IllegalArgumentException(job);
    }
  }

  private void work(Fleet fleet, App app, Consumer<AppProcess> job) {
    Throwable failure = fleet.run(fleet.process(app), job);
    boolean triedAgain =
        failure instanceof RemoteFailure
            || failure instanceof DataAccessException
            || failure instanceof TransactionException;
    if (failure != null && !triedAgain) {
      violations.add("a job failed: " + failure);
    }
  }

  private static void repeat(BooleanSupplier job) {
    boolean more = true;
    while (more) {
      more = job.getAsBoolean();
    }
  }
}
