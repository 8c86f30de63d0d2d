package dev.platform.mall;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** An app's memory in a JVM with a small heap; a large heap would delay garbage collection. */
class MemoryIT {

  private static final long MEBIBYTE = 1024 * 1024;
  private static final long LIMIT = 350;

  /** A JVM's defaults in a container of 640 MB, independent of this machine's memory. */
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
