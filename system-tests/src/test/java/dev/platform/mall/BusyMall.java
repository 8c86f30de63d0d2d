package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A mall with three instances of inventory-app, one order-app that calls them at about 200 calls a
 * second, and an idle payment-app. Not thread-safe.
 */
final class BusyMall implements AutoCloseable {

  static final int CALLS_PER_SECOND = 200;
  static final int INSTANCES = 3;

  /**
   * The time limit for some hundred calls, and for calls to reach all instances, on a busy machine.
   */
  static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int MAX_IN_FLIGHT = 64;
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

  /** Cleans up after a failed test. */
  void recover() {
    mall.startEtcd();
    mall.scale(App.INVENTORY, INSTANCES);
    awaitAllCalled();
  }

  List<AppProcess> inventories() {
    return mall.running(App.INVENTORY);
  }

  /** Starts the steady calls without a limit; returns after the first hundreds of answers. */
  SteadyLoad load() {
    return awaitFirstAnswers(SteadyLoad.start(CALLS_PER_SECOND, shopper::orderTooMuch));
  }

  /**
   * Like {@link #load}, but sends fewer calls while many are in flight: for faults that no caller
   * should notice, where a backlog would only mean that the machine is busy.
   */
  SteadyLoad boundedLoad() {
    return boundedLoad(MAX_IN_FLIGHT);
  }

  /** Like {@link #load}, with a given limit: for faults that delay calls for long. */
  SteadyLoad boundedLoad(int maxInFlight) {
    return awaitFirstAnswers(
        SteadyLoad.start(CALLS_PER_SECOND, maxInFlight, shopper::orderTooMuch));
  }

  private static SteadyLoad awaitFirstAnswers(SteadyLoad load) {
    load.awaitMore(CALLS_PER_SECOND, LIMIT);
    return load;
  }

  /**
   * Stops the order-app, starts another and waits until it is ready; the new one has served no call
   * yet.
   */
  AppProcess restartOrderApp() {
    shopper.close();
    mall.only(App.ORDER).terminate();
    AppProcess fresh = mall.start(App.ORDER);
    fresh.awaitReady();
    shopper = mall.shopper();
    return fresh;
  }

  /** Makes sequential calls, all of which must succeed. */
  void call(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      shopper.orderTooMuch().get();
    }
  }

  /** The number of calls that an instance of inventory-app has served. */
  long served(AppProcess inventory) {
    try {
      return RESERVATIONS.at(inventory.instance());
    } catch (IOException e) {
      throw new IllegalStateException(
          inventory.name() + " does not report the calls that it has served", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + inventory.name(), e);
    }
  }

  /** Sends calls until each instance of inventory-app has received some. */
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
