package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Orders through the three images: in containers, and from their unpacked layers. */
class ImageOrderIT {

  private static final String FOLDER = "image-order";
  private static final int ORDERS = 50;

  @Test
  void ordersSucceedOnUnpackedLayersAsAnUnprivilegedUser() throws Exception {
    Map<App, UnpackedImage> images = new EnumMap<>(App.class);
    try (Mall mall = Mall.withEtcd(FOLDER)) {
      for (App app : App.values()) {
        UnpackedImage image = UnpackedImage.of(app, FOLDER);
        images.put(app, image);
        mall.start(app, image.environment(), environment -> image.command(image.classPath()));
      }
      order(mall);
      for (App app : App.values()) {
        LinuxProcess linux = mall.only(app).linux();
        Report.line("%s from its layers: %d MB resident", app.id(), linux.residentBytes() >> 20);
        assertThat(images.get(app).written()).isEmpty();
      }
    } finally {
      for (UnpackedImage image : images.values()) {
        image.close();
      }
    }
  }

  @Test
  void ordersSucceedInRestrictedReadOnlyContainersWithHalfAGigabyte() throws Exception {
    Map<App, String> tars = new EnumMap<>(App.class);
    for (App app : App.values()) {
      tars.put(app, tar(app));
    }
    List<String> reasons = new ArrayList<>();
    Containers containers = Containers.with(tars.get(App.ORDER), reasons).orElse(null);
    assumeTrue(containers != null, "skipped: no container engine that works here " + reasons);
    try (containers;
        Mall mall = Mall.withEtcd(FOLDER + "-containers")) {
      for (App app : App.values()) {
        String image = containers.load(tars.get(app));
        Map<String, String> own = new HashMap<>();
        // The container has its own folders.
        own.put("PLATFORM_DISCOVERY_SNAPSHOT_DIRECTORY", "");
        mall.start(app, own, environment -> containers.run(image, environment));
      }
      order(mall);
      Report.line("ordered through containers of %s", containers.name());
      for (App app : App.values()) {
        assertThat(mall.only(app).terminate()).as("exit code of %s", app).isEqualTo(143);
      }
    }
  }

  @Test
  void sharesALimitThroughTheRedisClientBesideItsClassPath() throws Exception {
    try (RedisServer redis = RedisServer.require();
        Mall mall = Mall.withEtcd(FOLDER + "-redis");
        UnpackedImage image = UnpackedImage.of(App.ORDER, FOLDER + "-redis")) {
      Map<String, String> shared =
          Map.of(
              "PLATFORM_RESILIENCE_RATELIMIT_ENABLED",
              "true",
              "PLATFORM_RESILIENCE_RATELIMIT_SHARED_LIMITERS",
              "all-calls",
              "PLATFORM_RESILIENCE_RATELIMIT_SHARED_REDISURI",
              redis.uri());
      AppProcess order =
          mall.start(
              App.ORDER,
              image.environment(shared),
              environment -> image.command(image.classPathWith("redis")));
      order.awaitReady();
      await("the limit is shared")
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  new Meters(order).value("platform.rate.limit.shared", "limiter:all-calls") == 1);
    }
  }

  private static void order(Mall mall) {
    for (App app : App.values()) {
      double seconds = mall.only(app).awaitReady().toMillis() / 1000.0;
      Report.line("%s ready %.1f s after its start", app.id(), seconds);
    }
    mall.awaitRegistered();
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(ORDERS);
    }
  }

  /** The image's own tar, or one on a local base if the image has no base. */
  private static String tar(App app) throws IOException {
    OciImage image = OciImage.of(app, FOLDER);
    boolean isComplete =
        image.configured("Env").stream().anyMatch(variable -> variable.startsWith("PATH="));
    if (isComplete) {
      return Path.of("..", app.id() + "-app", "target", app.id() + "-app-image.tar").toString();
    }
    assumeTrue(
        BaseLayer.isPossible(), "skipped: an image without a base, and no jmods to make one of");
    Path folder = Files.createDirectories(Path.of("target", FOLDER));
    Path base = folder.resolve("base.tar");
    if (!Files.exists(base)) {
      BaseLayer.write(base, folder);
    }
    Path tar = folder.resolve(app.id() + ".tar");
    RebasedImage.write(image, base, "mall/" + app.id() + "-app" + Containers.TEST_TAG, tar);
    return tar.toString();
  }
}
