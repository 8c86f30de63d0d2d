package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The apps discover each other through the Kubernetes API, without etcd: started from their images'
 * layers, with the settings of docs/kubernetes-registry.md.
 */
@Tag("nightly")
class KubernetesRegistryIT {

  private static final String FOLDER = "kubernetes-registry";
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(10);
  private static final PaymentCalls CALLS = new PaymentCalls(CHANGE_LIMIT);
  private static final List<String> NONE = List.of();
  private static final String FIRST = "127.0.0.2";
  private static final String SECOND = "127.0.0.3";

  private static final Map<App, UnpackedImage> images = new EnumMap<>(App.class);
  private static KubernetesApi api;
  private static Mall mall;
  private static int paymentPort;
  private static AppProcess firstPayment;

  @BeforeAll
  static void open() throws Exception {
    for (App app : App.values()) {
      images.put(app, UnpackedImage.of(app, FOLDER));
    }
    api = new KubernetesApi();
    api.start();
    mall = Mall.withoutEtcd(FOLDER);
    paymentPort = Ports.free();
    int inventoryPort = Ports.free();
    AppProcess order = start(App.ORDER, "127.0.0.1", 0);
    AppProcess inventory = start(App.INVENTORY, FIRST, inventoryPort);
    firstPayment = start(App.PAYMENT, FIRST, paymentPort);
    for (AppProcess app : List.of(order, inventory, firstPayment)) {
      Report.line("%s ready %.1f s after its start", app.name(), seconds(app.awaitReady()));
    }
    App.INVENTORY
        .services()
        .forEach(name -> api.publish(name, inventoryPort, List.of(FIRST), NONE));
    publishPayment(List.of(FIRST), NONE);
  }

  @AfterAll
  static void close() throws IOException {
    if (mall != null) {
      mall.close();
    }
    if (api != null) {
      api.close();
    }
    for (UnpackedImage image : images.values()) {
      image.close();
    }
  }

  @Test
  void ordersFollowReadyPodsAndUseTheLastListWhileTheApiIsDown() throws Exception {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      AppProcess second = start(App.PAYMENT, SECOND, paymentPort);
      second.awaitReady();
      try (SteadyLoad orders = SteadyLoad.start(5, shopper::order)) {
        publishPayment(List.of(FIRST), List.of(SECOND));
        orders.awaitMore(20, Duration.ofSeconds(60));
        assertThat(CALLS.served(second)).as("calls to a pod that is not ready").isZero();

        publishPayment(List.of(FIRST, SECOND), NONE);
        Report.line("a new ready pod is called after %.1f s", seconds(CALLS.awaitCalled(second)));

        publishPayment(List.of(SECOND), NONE);
        Report.line(
            "a pod that left gets no more calls after %.1f s",
            seconds(CALLS.awaitQuiet(firstPayment)));

        api.stop();
        long before = CALLS.served(second);
        orders.awaitMore(50, Duration.ofSeconds(60));
        assertThat(CALLS.served(second))
            .as("calls while the API is unavailable")
            .isGreaterThan(before + 20);

        publishPayment(List.of(FIRST), List.of(SECOND));
        api.start();
        Report.line(
            "a change during an API outage is applied %.1f s after the outage",
            seconds(CALLS.awaitQuiet(second)));

        LoadReport report = orders.stop();
        Report.line("orders with the Kubernetes registry: %s", report);
        assertThat(report.failures()).isEmpty();
      }
    }
    assertThat(api.verbs())
        .as("permissions that a Role needs")
        .containsExactlyInAnyOrder(
            "list services", "watch services", "list endpoints", "watch endpoints");
  }

  private static void publishPayment(List<String> ready, List<String> notReady) {
    App.PAYMENT.services().forEach(name -> api.publish(name, paymentPort, ready, notReady));
  }

  private static AppProcess start(App app, String host, int port) throws IOException {
    UnpackedImage image = images.get(app);
    Path folder = Path.of("target", FOLDER);
    return mall.start(
        app,
        image.environment(
            Map.of(
                // Three defaults of a pod.
                "KUBECONFIG", image.readable(api.kubeconfig(folder)).toString(),
                "SPRING_MAIN_CLOUDPLATFORM", "kubernetes",
                "SPRING_CLOUD_KUBERNETES_CLIENT_NAMESPACE", KubernetesApi.NAMESPACE,
                // Settings of a deployment.
                "PLATFORM_REGISTRY_ENABLED", "false",
                "PLATFORM_DISCOVERY_ENABLED", "false",
                "PLATFORM_DISCOVERY_POLLINTERVAL", "1s",
                // The pods are processes of this machine.
                "PLATFORM_DISCOVERY_ALLOWLOOPBACK", "true",
                "SPRING_CLOUD_DISCOVERY_CLIENT_HEALTHINDICATOR_ENABLED", "false",
                "GRPC_SERVER_ADDRESS", host,
                "GRPC_SERVER_PORT", Integer.toString(port))),
        environment -> image.command(image.classPathWith("kubernetes")));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
