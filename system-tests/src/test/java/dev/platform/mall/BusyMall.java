package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A mall with three instances of inventory-app, one order-app that calls them, and about 200 calls
 * a second. Its payment-app has nothing to do. For one thread.
 */
final class BusyMall implements AutoCloseable {

  static final int CALLS_PER_SECOND = 200;
  static final int INSTANCES = 3;

  /**
   * How long some hundred calls may take, and instances to be called, on a machine with much to do.
   */
  static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int MOST_UNDER_WAY = 64;
  private static final int WARM_UP_CALLS = 300;
  private static final CallCount RESERVATIONS = new CallCount("inventory.v1.InventoryService");

  private final Mall mall;
  private Shopper shopper;

  private BusyMall(Mall mall, Shopper shopper) {
    this.mall = mall;
    this.shopper = shopper;
  }

  /**
   * Starts all apps of a mall whose etcd runs, and waits until they serve and are warm.
   *
   * @param mall is closed with the result, and when it can't be started
   */
  static BusyMall open(Mall mall) {
    try {
      mall.startAll();
      mall.scale(App.INVENTORY, INSTANCES);
      BusyMall busy = new BusyMall(mall, mall.shopper());
      busy.shopper.warmUp(WARM_UP_CALLS, busy.shopper::orderTooMuch);
      busy.awaitAllCalled();
      return busy;
    } catch (RuntimeException | Error e) {
      mall.close();
      throw e;
    }
  }

  Mall mall() {
    return mall;
  }

  /** Undoes what a test that failed may have left behind. */
  void recover() {
    mall.startEtcd();
    mall.scale(App.INVENTORY, INSTANCES);
    awaitAllCalled();
  }

  List<AppProcess> inventories() {
    return mall.running(App.INVENTORY);
  }

  /** Begins the steady calls, whatever comes; returns when the first hundreds were answered. */
  SteadyLoad load() {
    return begun(SteadyLoad.start(CALLS_PER_SECOND, shopper::orderTooMuch));
  }

  /**
   * Likewise, but fewer calls while many are under way: for faults that no caller should notice,
   * where a pile of calls would say no more than that the machine is busy otherwise.
   */
  SteadyLoad boundedLoad() {
    return boundedLoad(MOST_UNDER_WAY);
  }

  /** Likewise, with a bound of one's own: for faults that leave calls waiting for long. */
  SteadyLoad boundedLoad(int mostUnderWay) {
    return begun(SteadyLoad.start(CALLS_PER_SECOND, mostUnderWay, shopper::orderTooMuch));
  }

  private static SteadyLoad begun(SteadyLoad load) {
    load.awaitMore(CALLS_PER_SECOND, LIMIT);
    return load;
  }

  /** Ends the order-app, starts another, and waits until that is ready; it has no call yet. */
  AppProcess restartOrderApp() {
    shopper.close();
    mall.only(App.ORDER).terminate();
    AppProcess fresh = mall.start(App.ORDER);
    fresh.awaitReady();
    shopper = mall.shopper();
    return fresh;
  }

  /** One call after another, all of which must go well. */
  void call(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      shopper.orderTooMuch().get();
    }
  }

  /** How many calls an instance of inventory-app has served until now. */
  long served(AppProcess inventory) {
    try {
      return RESERVATIONS.at(inventory.instance());
    } catch (IOException e) {
      throw new IllegalStateException(inventory.name() + " does not tell what it has served", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + inventory.name(), e);
    }
  }

  /** Waits until each instance of inventory-app gets calls, sending some itself. */
  void awaitAllCalled() {
    Map<String, Long> before = new HashMap<>();
    inventories().forEach(each -> before.put(each.name(), served(each)));
    await("each instance of inventory-app is called")
        .atMost(LIMIT)
        .until(
            () -> {
              call(INSTANCES);
              return inventories().stream()
                  .allMatch(each -> served(each) > before.getOrDefault(each.name(), 0L));
            });
  }

  @Override
  public void close() {
    shopper.close();
    mall.close();
  }
}
