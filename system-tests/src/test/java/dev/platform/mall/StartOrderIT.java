package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** An app may start before the services that it needs. */
class StartOrderIT {

  @Test
  void appsStartedBeforeEtcdRegisterOnceItIsUp() throws Exception {
    try (Mall mall = Mall.withoutEtcd("start-order")) {
      List<App> callersFirst = List.of(App.ORDER, App.PAYMENT, App.INVENTORY);
      callersFirst.forEach(mall::start);
      callersFirst.forEach(app -> mall.only(app).awaitReady());

      mall.startEtcd();
      long start = System.nanoTime();
      mall.awaitRegistered();
      Report.line(
          "all apps registered %.1f s after etcd started", (System.nanoTime() - start) / 1e9);

      try (Shopper shopper = mall.shopper()) {
        shopper.warmUp(3);
      }
      callersFirst.forEach(
          app -> assertThat(mall.running(app)).as("%s, never restarted", app).hasSize(1));
    }
  }
}
