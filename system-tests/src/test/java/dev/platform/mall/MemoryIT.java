package dev.platform.mall;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What an app costs where a JVM has no more memory than it needs; with plenty, it collects late.
 */
class MemoryIT {

  private static final long MEBIBYTE = 1024 * 1024;
  private static final long LIMIT = 350;

  /** What a JVM chooses by itself in a container of 640 MB, whatever this machine has. */
  private static final List<String> CONTAINER = List.of("-XX:MaxRAM=640m", "-XX:+UseSerialGC");

  @Test
  @EnabledOnOs(OS.LINUX)
  void eachAppStaysUnder350MegabytesResident() throws Exception {
    try (Mall mall = Mall.withEtcd("memory")) {
      for (App app : App.values()) {
        AppProcess process = mall.start(app, CONTAINER, Map.of());
        Duration took = process.awaitReady();
        Report.line("%s ready %.1f s after java -jar", app.id(), took.toMillis() / 1000.0);
      }
      mall.awaitRegistered();
      try (Shopper shopper = mall.shopper()) {
        shopper.warmUp(1);
      }
      SoftAssertions softly = new SoftAssertions();
      for (App app : App.values()) {
        long resident = residentMebibytes(mall.only(app));
        Report.line("%s has %d MB resident after an order", app.id(), resident);
        softly.assertThat(resident).as("MB of %s", app.id()).isLessThan(LIMIT);
      }
      softly.assertAll();
    }
  }

  private static long residentMebibytes(AppProcess process) throws IOException {
    return process.linux().residentBytes() / MEBIBYTE;
  }
}
