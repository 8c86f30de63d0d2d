package dev.platform.mall;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Polls the health of some apps twice a second, overall and by probe. */
final class Health implements AutoCloseable {

  private static final List<String> PATHS =
      List.of("/actuator/health", "/actuator/health/readiness", "/actuator/health/liveness");
  private static final long PAUSE_MILLIS = 500;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "health"));
  private final List<AppProcess> apps;
  private final AtomicInteger checks = new AtomicInteger();
  private final List<String> failed = new CopyOnWriteArrayList<>();

  Health(List<AppProcess> apps) {
    this.apps = apps;
    var unused = clock.scheduleWithFixedDelay(this::check, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  int checks() {
    return checks.get();
  }

  /** The answers other than 200. */
  List<String> failed() {
    return failed;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private void check() {
    apps.forEach(app -> PATHS.forEach(path -> check(app, path)));
  }

  private void check(AppProcess app, String path) {
    try {
      int status = app.get(path).statusCode();
      checks.incrementAndGet();
      if (status != 200) {
        failed.add(app.name() + path + ": " + status);
      }
    } catch (IOException e) {
      failed.add(app.name() + path + ": " + e);
    } catch (InterruptedException e) {
      // The test has ended.
      Thread.currentThread().interrupt();
    }
  }
}
