package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.platform.starter.test.junit.EtcdExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The apps discover each other through Kubernetes' own API server, with the rights that the chart
 * gives them. The pods are objects of the API, whose addresses are those of processes here: {@code
 * interop/run kubernetes} gives this machine the addresses, in a network namespace, since the API
 * refuses those of loopback.
 */
@Tag("kubernetes")
class KubernetesClusterIT {

  private static final String FOLDER = "kubernetes-cluster";
  private static final String FIRST = "198.51.100.2";
  private static final String SECOND = "198.51.100.3";
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);

  /** After an outage of the API server they retry at growing intervals. */
  private static final Duration CONTROLLERS_LIMIT = Duration.ofSeconds(60);

  private static final PaymentCalls CALLS = new PaymentCalls(CHANGE_LIMIT);

  /** What the chart's Role allows. */
  private static final Set<String> ALLOWED =
      Set.of(
          "list shop/services",
          "watch shop/services",
          "list shop/endpoints",
          "watch shop/endpoints");

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<App, UnpackedImage> images = new EnumMap<>(App.class);
  private static KubernetesCluster cluster;
  private static Mall mall;
  private static int paymentPort;
  private static AppProcess firstPayment;
  private static AppProcess secondPayment;

  @BeforeAll
  static void open() throws Exception {
    requireAddresses();
    KubernetesCluster.require();
    for (App app : App.values()) {
      images.put(app, UnpackedImage.of(app, FOLDER));
    }
    cluster = KubernetesCluster.start(Path.of("target", FOLDER));
    cluster.helm(
        "install",
        "mall",
        RenderedChart.FOLDER.toString(),
        "--set=registry.type=kubernetes",
        "--set=defaults.replicas=0");
    mall = Mall.withoutEtcd(FOLDER);
    paymentPort = Ports.free();
    int inventoryPort = Ports.free();
    AppProcess order = start(App.ORDER, "127.0.0.1", 0);
    AppProcess inventory = start(App.INVENTORY, FIRST, inventoryPort);
    firstPayment = start(App.PAYMENT, FIRST, paymentPort);
    secondPayment = start(App.PAYMENT, SECOND, paymentPort);
    for (AppProcess app : List.of(order, inventory, firstPayment, secondPayment)) {
      app.awaitReady();
    }
    createPod(App.INVENTORY, "inventory", FIRST, inventoryPort);
    createPod(App.PAYMENT, "payment-1", FIRST, paymentPort);
    setReady("inventory", FIRST, true);
    setReady("payment-1", FIRST, true);
  }

  @AfterAll
  static void close() throws IOException {
    if (mall != null) {
      mall.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    for (UnpackedImage image : images.values()) {
      image.close();
    }
  }

  @Test
  void ordersFollowPodsAndUseTheLastListWhileTheApiServerIsDead() throws Exception {
    Instant restarted;
    Instant ready;
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      try (SteadyLoad orders = SteadyLoad.start(5, shopper::order)) {
        createPod(App.PAYMENT, "payment-2", SECOND, paymentPort);
        setReady("payment-2", SECOND, false);
        awaitSlices(List.of(FIRST), List.of(SECOND));
        orders.awaitMore(20, Duration.ofSeconds(60));
        assertThat(CALLS.served(secondPayment)).as("calls to a pod that is not ready").isZero();

        setReady("payment-2", SECOND, true);
        report("a new ready pod is called after %.1f s", CALLS.awaitCalled(secondPayment));

        setReady("payment-1", FIRST, false);
        report(
            "a pod that is no longer ready gets no calls after %.1f s",
            CALLS.awaitQuiet(firstPayment));

        long before = CALLS.served(secondPayment);
        String old =
            cluster.get("endpoints", "payment-service").at("/metadata/resourceVersion").asText();
        cluster.kill();
        orders.awaitMore(50, Duration.ofSeconds(60));
        assertThat(CALLS.served(secondPayment))
            .as("calls while the API server is dead")
            .isGreaterThan(before + 20);

        restarted = Instant.now();
        cluster.restart();
        awaitApi();
        ready = Instant.now();
        assertThat(watchFrom(old)).as("a watch from before the restart").contains("\"code\":410");
        setReady("payment-1", FIRST, true);
        awaitSlices(List.of(FIRST, SECOND), List.of());
        report(
            "a change after a restart is applied %.1f s after the controllers have written it",
            CALLS.awaitCalled(firstPayment));

        cluster.kubectl("delete", "pod", "payment-2", "--wait=false");
        awaitTerminating(SECOND);
        report("a terminating pod gets no calls after %.1f s", CALLS.awaitQuiet(secondPayment));
        cluster.kubectl("delete", "pod", "payment-2", "--force", "--grace-period=0");
        awaitSlices(List.of(FIRST), List.of());

        LoadReport report = orders.stop();
        Report.line("orders with Kubernetes' API server: %s", report);
        assertThat(report.failures()).isEmpty();
      }
    }
    assertThat(requested(App.ORDER)).isEqualTo(ALLOWED);
    for (App app : App.values()) {
      assertThat(ALLOWED).as("allowed requests").containsAll(requested(app));
      assertAnswered(app, restarted, ready);
    }
  }

  @Test
  void theChartsRoleAllowsWhatDiscoveryReadsAndNothingElse() throws Exception {
    for (String resource : List.of("services", "endpoints")) {
      for (String verb : List.of("list", "watch")) {
        assertThat(allowed("mall-order-app", verb, resource)).as(verb + " " + resource).isTrue();
        assertThat(allowed("default", verb, resource)).as("default: " + verb).isFalse();
      }
      for (String verb : List.of("get", "create", "update", "patch", "delete")) {
        assertThat(allowed("mall-order-app", verb, resource)).as(verb + " " + resource).isFalse();
      }
    }
    for (String resource :
        List.of("secrets", "configmaps", "pods", "endpointslices.discovery.k8s.io")) {
      assertThat(allowed("mall-order-app", "list", resource)).as("list " + resource).isFalse();
    }
    String app = as(account(App.INVENTORY));
    cluster.kubectl(app, "get", "services");
    assertThatThrownBy(() -> cluster.kubectl(app, "get", "secrets"))
        .hasMessageContaining("Forbidden");
    assertThatThrownBy(() -> cluster.kubectl(app, "--namespace=default", "get", "services"))
        .hasMessageContaining("Forbidden");
  }

  private static void requireAddresses() throws IOException {
    for (String address : List.of(FIRST, SECOND)) {
      boolean isThere = NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
      String message =
          "skipped: this machine does not have the address %s; run it with `interop/run kubernetes`"
              .formatted(address);
      if (!isThere && Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
        throw new IllegalStateException(message + " (" + EtcdExtension.NO_SKIPS + " is true)");
      }
      Assumptions.assumeTrue(isThere, message);
    }
  }

  private static AppProcess start(App app, String host, int port) throws IOException {
    UnpackedImage image = images.get(app);
    Path kubeconfig = image.readable(cluster.kubeconfig(account(app)));
    return mall.start(
        app,
        image.environment(
            Map.of(
                // Three defaults of a pod.
                "KUBECONFIG", kubeconfig.toString(),
                "SPRING_MAIN_CLOUDPLATFORM", "kubernetes",
                "SPRING_CLOUD_KUBERNETES_CLIENT_NAMESPACE", KubernetesCluster.NAMESPACE,
                // Settings of a deployment.
                "PLATFORM_REGISTRY_ENABLED", "false",
                "PLATFORM_DISCOVERY_ENABLED", "false",
                "PLATFORM_DISCOVERY_POLLINTERVAL", "1s",
                "SPRING_CLOUD_DISCOVERY_CLIENT_HEALTHINDICATOR_ENABLED", "false",
                "GRPC_SERVER_ADDRESS", host,
                "GRPC_SERVER_PORT", Integer.toString(port))),
        environment -> image.command(image.classPathWith("kubernetes")));
  }

  /** A pod that the Services of an app select; nothing runs it. */
  private static void createPod(App app, String name, String host, int port) throws IOException {
    JsonNode selector = cluster.get("service", app.services().get(0)).at("/spec/selector");
    ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = pod.putObject("metadata").put("name", name);
    metadata.set("labels", selector);
    metadata.putObject("annotations").put("interop/status", "manual");
    ObjectNode spec = pod.putObject("spec").put("nodeName", KubernetesCluster.NODE);
    ObjectNode container =
        spec.putArray("containers").addObject().put("name", "app").put("image", "x");
    container.putArray("ports").addObject().put("name", "grpc").put("containerPort", port);
    cluster.create(pod);
  }

  /** Writes what a kubelet would report. */
  private static void setReady(String pod, String host, boolean ready) throws IOException {
    cluster.kubectl(
        "patch",
        "pod",
        pod,
        "--subresource=status",
        "--type=merge",
        "--patch",
        """
        {"status": {"phase": "Running", "podIP": "%1$s", "podIPs": [{"ip": "%1$s"}],
         "conditions": [{"type": "Ready", "status": "%2$s"}]}}
        """
            .formatted(host, ready ? "True" : "False"));
  }

  /** Waits until the controllers have written both kinds of lists. */
  private static void awaitSlices(List<String> ready, List<String> notReady) {
    await("EndpointSlices and Endpoints of payment-service")
        .atMost(CONTROLLERS_LIMIT)
        .untilAsserted(
            () -> {
              assertThat(inSlices(true)).containsExactlyInAnyOrderElementsOf(ready);
              assertThat(inSlices(false)).containsExactlyInAnyOrderElementsOf(notReady);
              JsonNode subset = cluster.get("endpoints", "payment-service").at("/subsets/0");
              assertThat(subset.at("/addresses").findValuesAsText("ip"))
                  .containsExactlyInAnyOrderElementsOf(ready);
              assertThat(subset.at("/notReadyAddresses").findValuesAsText("ip"))
                  .containsExactlyInAnyOrderElementsOf(notReady);
            });
  }

  private static List<String> inSlices(boolean ready) throws IOException {
    return endpoints().stream()
        .filter(endpoint -> endpoint.at("/conditions/ready").asBoolean() == ready)
        .map(endpoint -> endpoint.at("/addresses/0").asText())
        .toList();
  }

  private static List<JsonNode> endpoints() throws IOException {
    JsonNode slices =
        cluster.get("endpointslices", "--selector=kubernetes.io/service-name=payment-service");
    return slices.findValues("endpoints").stream()
        .flatMap(endpoints -> endpoints.findParents("addresses").stream())
        .toList();
  }

  /**
   * Waits until the controllers have listed a deleted pod, which still serves, as one that ends in
   * EndpointSlices, and have removed it from Endpoints.
   */
  private static void awaitTerminating(String host) {
    await("EndpointSlices and Endpoints with a terminating pod")
        .atMost(CONTROLLERS_LIMIT)
        .untilAsserted(
            () -> {
              assertThat(endpoints())
                  .anySatisfy(
                      endpoint -> {
                        assertThat(endpoint.at("/addresses/0").asText()).isEqualTo(host);
                        assertThat(endpoint.at("/conditions/serving").asBoolean()).isTrue();
                        assertThat(endpoint.at("/conditions/terminating").asBoolean()).isTrue();
                      });
              assertThat(cluster.get("endpoints", "payment-service").findValuesAsText("ip"))
                  .doesNotContain(host);
            });
  }

  private static void awaitApi() {
    await("the API server")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> cluster.kubectl("get", "--raw", "/readyz").equals("ok"));
  }

  /** What the API server answers to a watch of endpoints from a version on. */
  private static String watchFrom(String version) throws IOException {
    return cluster.kubectl(
        "get",
        "--raw",
        "/api/v1/namespaces/%s/endpoints?watch=true&timeoutSeconds=1&resourceVersion=%s"
            .formatted(KubernetesCluster.NAMESPACE, version));
  }

  private static boolean allowed(String account, String verb, String resource) throws IOException {
    try {
      cluster.kubectl("auth", "can-i", verb, resource, "--quiet", as(account));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /** Has kubectl ask for itself with the rights of a service account. */
  private static String as(String account) {
    return "--as=system:serviceaccount:" + KubernetesCluster.NAMESPACE + ":" + account;
  }

  private static Set<String> requested(App app) throws IOException {
    return cluster.requests(account(app)).stream()
        .map(
            request ->
                "%s %s/%s"
                    .formatted(
                        request.at("/verb").asText(),
                        request.at("/objectRef/namespace").asText(),
                        request.at("/objectRef/resource").asText()))
        .collect(Collectors.toSet());
  }

  /**
   * No request was refused, unless by a server that was not ready: it answers 403 until it has
   * loaded the Roles.
   */
  private static void assertAnswered(App app, Instant restarted, Instant ready) throws IOException {
    Set<String> answers = new TreeSet<>();
    for (JsonNode request : cluster.requests(account(app))) {
      String answer =
          "%s of %s: %s"
              .formatted(
                  request.at("/verb").asText(),
                  request.at("/objectRef/resource").asText(),
                  request.at("/responseStatus/code").asText());
      answers.add(answer);
      Instant received = Instant.parse(request.at("/requestReceivedTimestamp").asText());
      if (received.isBefore(restarted) || received.isAfter(ready)) {
        assertThat(answer).as(request.toString()).endsWith(": 200");
      }
    }
    Report.line("requests of %s to the API server: %s", app.id(), answers);
  }

  private static String account(App app) {
    return "mall-" + app.id() + "-app";
  }

  private static void report(String format, Duration duration) {
    Report.line(format, duration.toMillis() / 1000.0);
  }
}
