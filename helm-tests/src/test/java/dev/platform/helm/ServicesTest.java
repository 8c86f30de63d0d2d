package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's data about the apps match the apps. */
class ServicesTest {

  private static final Pattern CLIENT =
      Pattern.compile("@GrpcClient\\((?:\"([a-z-]+)\"|(\\w+)\\.SERVICE)\\)");
  private static final Pattern SERVICE = Pattern.compile("String SERVICE = \"([a-z-]+)\"");

  @ParameterizedTest
  @ValueSource(strings = {"order-app", "inventory-app", "payment-app"})
  void portsAndNamesMatchTheApps(String app) {
    Map<String, Object> own = own(app);
    Manifests manifests = Chart.tryOut().render();
    Map<String, Object> config = manifests.config(app);

    assertThat(Manifest.at(config, "server", "port")).isEqualTo(own.get("server.port"));
    assertThat(Manifest.at(config, "grpc", "server", "port"))
        .isEqualTo(own.get("grpc.server.port"));
    assertThat(Manifest.texts(Manifest.at(config, "platform", "registry", "services")))
        .containsExactly(own.get("platform.registry.services").toString().split(", "));
    Map<String, Object> ports = new TreeMap<>();
    Manifest.maps(manifests.get("Deployment", "mall-" + app).container().get("ports"))
        .forEach(port -> ports.put(port.get("name").toString(), port.get("containerPort")));
    assertThat(ports)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "http", own.get("server.port"),
                "grpc", own.get("grpc.server.port"),
                "management", 9090));
  }

  @Test
  void networkPoliciesAllowExactlyTheCallsOfTheApps() throws Exception {
    Map<String, TreeSet<String>> calls = callsInTheCode();
    assertThat(calls.get("order-app")).contains("inventory-app", "payment-app");
    Manifests manifests = Chart.tryOut().with("tests: {enabled: false}").render();

    for (String app : apps().keySet()) {
      Manifest policy = manifests.get("NetworkPolicy", "mall-" + app);
      assertThat(peers(policy, "egress", "to"))
          .as("egress of %s", app)
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      calls.get(app).stream().map(callee -> callee + ":" + grpcPort(callee)),
                      Stream.of("etcd:2378", "etcd:2379", "postgresql:5432", "kube-system:53"))
                  .toList());
      assertThat(peers(policy, "ingress", "from"))
          .as("ingress of %s", app)
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      apps().keySet().stream()
                          .filter(caller -> calls.get(caller).contains(app))
                          .map(caller -> caller + ":" + grpcPort(app)),
                      app.equals("order-app") ? Stream.of("everybody:8080") : Stream.of())
                  .toList());
    }
    Manifest denied = manifests.get("NetworkPolicy", "mall-deny-all");
    assertThat(Manifest.texts(denied.at("spec", "policyTypes")))
        .containsExactly("Ingress", "Egress");
    assertThat(denied.at("spec", "ingress")).isNull();
    assertThat(denied.at("spec", "egress")).isNull();
  }

  @Test
  void theCollectorIsReachableAtEachPortThatItsServiceOffers() {
    Manifests manifests = Variants.chart("a collector").render();
    List<String> offered =
        Manifest.maps(manifests.get("Service", "mall-collector").at("spec", "ports")).stream()
            .map(port -> "collector:" + port.get("port"))
            .toList();
    assertThat(offered).containsExactly("collector:4317", "collector:4318");

    for (String app : apps().keySet()) {
      assertThat(peers(manifests.get("NetworkPolicy", "mall-" + app), "egress", "to"))
          .containsAll(offered);
      assertThat(peers(manifests.get("NetworkPolicy", "mall-collector"), "ingress", "from"))
          .containsAll(offered.stream().map(address -> address.replace("collector", app)).toList());
    }
  }

  @Test
  void networkPoliciesFollowThePortsOfExternalServices() {
    Manifests manifests =
        Chart.of("production")
            .with(
                """
                tests: {enabled: false}
                services:
                  order-app:
                    database: {url: 'jdbc:postgresql://db-1:5433,db-2:5434/order?a=b:1'}
                redis: {existingSecret: redis, port: 6380}
                """)
            .render();

    assertThat(peers(manifests.get("NetworkPolicy", "mall-order-app"), "egress", "to"))
        .contains("databases:5433", "databases:5434", "databases:2379", "observability:4317")
        .contains("everybody:6380")
        .doesNotContain("databases:5432", "etcd:2379");
    assertThat(peers(manifests.get("NetworkPolicy", "mall-order-app"), "ingress", "from"))
        .contains("ingress-nginx:8080", "monitoring:9090")
        .doesNotContain("everybody:8080");
  }

  @Test
  void theClassPathHasTheLibrariesOfEnabledFeatures() {
    assertThat(classPath("try-out")).isEmpty();
    assertThat(classPath("Redis")).containsExactly("/app/*:/app/redis/*");
    assertThat(classPath("Redis elsewhere")).containsExactly("/app/*:/app/redis/*");
    assertThat(classPath("kubernetes registry")).containsExactly("/app/*:/app/kubernetes/*");
    assertThat(classPath("kubernetes registry and Redis"))
        .containsExactly("/app/*:/app/kubernetes/*:/app/redis/*");
  }

  @Test
  void theClassPathDoesNotDependOnTheImagesName() {
    Manifest deployment =
        Variants.chart("Redis")
            .with("services: {order-app: {image: {repository: shop/order}}}")
            .render()
            .get("Deployment", "mall-order-app");

    assertThat(deployment.container().get("env").toString()).contains("value=/app/*:/app/redis/*");
  }

  @Test
  void anotherServiceNeedsOnlyABlockOfValues() {
    Manifests manifests = Variants.chart("a fourth service").render();

    for (String kind : List.of("Deployment", "Service", "ConfigMap", "ServiceAccount")) {
      assertThat(manifests.has(kind, "mall-price-app")).as(kind).isTrue();
    }
    assertThat(manifests.has("Service", "mall-price-app-headless")).isTrue();
    assertThat(peers(manifests.get("NetworkPolicy", "mall-order-app"), "egress", "to"))
        .contains("price-app:50054");
    assertThat(peers(manifests.get("NetworkPolicy", "mall-price-app"), "ingress", "from"))
        .containsExactly("order-app:50054");
    assertThat(manifests.get("StatefulSet", "mall-postgresql").container().toString())
        .contains("value=price");
  }

  @Test
  void theKubernetesRegistryUsesLogicalNamesAndGrantsLookups() {
    Manifests manifests = Variants.chart("kubernetes registry").render();

    for (String app : apps().keySet()) {
      Map<String, Object> config = manifests.config(app);
      assertThat(Manifest.at(config, "platform", "registry", "enabled")).isEqualTo(false);
      assertThat(Manifest.at(config, "platform", "discovery", "enabled")).isEqualTo(false);
      assertThat(Manifest.at(config, "platform", "etcd")).isNull();
      for (String name : Manifest.texts(Manifest.at(apps(), app, "names"))) {
        Map<String, Object> port =
            Manifest.maps(manifests.get("Service", name).at("spec", "ports")).get(0);
        assertThat(port).containsEntry("name", "grpc").containsEntry("port", grpcPort(app));
      }
    }
    assertThat(manifests.get("Role", "mall-registry").at("rules").toString())
        .contains("[services, endpoints]", "[list, watch]")
        .doesNotContain("secrets", "create", "update", "*");
    assertThat(manifests.has("StatefulSet", "mall-etcd")).isFalse();
    assertThat(Chart.tryOut().render().ofKind("Role")).isEmpty();
  }

  private static List<Object> classPath(String variant) {
    Manifest deployment = Variants.chart(variant).render().get("Deployment", "mall-order-app");
    return Manifest.maps(deployment.container().get("env")).stream()
        .filter(variable -> variable.get("name").equals("CLASSPATH"))
        .map(variable -> variable.get("value"))
        .toList();
  }

  /** Peers and ports of a policy: component:port, namespace:port, everybody:port. */
  private static List<String> peers(Manifest policy, String direction, String side) {
    return Manifest.maps(policy.at("spec", direction)).stream()
        .flatMap(
            rule ->
                Manifest.maps(rule.get("ports")).stream()
                    .map(port -> port.get("port"))
                    .distinct()
                    .flatMap(port -> names(rule.get(side)).map(name -> name + ":" + port)))
        .toList();
  }

  private static Stream<String> names(Object peers) {
    if (peers == null) {
      return Stream.of("everybody");
    }
    return Manifest.maps(peers).stream()
        .map(
            peer -> {
              Object component =
                  Manifest.at(peer, "podSelector", "matchLabels", "app.kubernetes.io/component");
              Object namespace =
                  Manifest.at(
                      peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name");
              return String.valueOf(component == null ? namespace : component);
            });
  }

  private static Map<String, Object> apps() {
    return Manifest.map(Chart.ownValues().get("services"));
  }

  private static Object grpcPort(String app) {
    return Manifest.at(apps(), app, "ports", "grpc");
  }

  /** The apps that each app's code calls, resolved by the service names in the chart. */
  private static Map<String, TreeSet<String>> callsInTheCode() throws IOException {
    Map<String, String> owners = new TreeMap<>();
    apps()
        .forEach(
            (app, values) ->
                Manifest.texts(Manifest.at(values, "names"))
                    .forEach(name -> owners.put(name, app)));
    Map<String, TreeSet<String>> calls = new TreeMap<>();
    for (String app : apps().keySet()) {
      TreeSet<String> callees = new TreeSet<>();
      for (String name : clients(Path.of("..", app, "src"))) {
        assertThat(owners).as("services that %s calls", app).containsKey(name);
        callees.add(owners.get(name));
      }
      calls.put(app, callees);
    }
    return calls;
  }

  /** The app's sources for Spring Boot 3.5, which the chart's images use. */
  private static boolean isOfTheApp(Path file) {
    Path parent = file.getParent();
    String folder = parent == null ? "" : parent.toString().replace('\\', '/');
    return file.toString().endsWith(".java")
        && (folder.contains("/src/main/java") || folder.contains("/src/boot3/java"));
  }

  /** The app's own properties, including the file that it imports for Spring Boot 3.5. */
  private static Map<String, Object> own(String app) {
    Map<String, Object> own =
        new TreeMap<>(Chart.yaml(Path.of("..", app, "src/main/resources/application.yml")));
    Path line = Path.of("..", app, "src/boot3/resources/payment-grpc.yml");
    if (Files.exists(line)) {
      own.putAll(Chart.yaml(line));
    }
    return own;
  }

  private static TreeSet<String> clients(Path sources) throws IOException {
    Map<String, String> constants = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(sources)) {
      List<Path> java = files.filter(ServicesTest::isOfTheApp).toList();
      for (Path file : java) {
        Matcher constant = SERVICE.matcher(Files.readString(file));
        if (constant.find()) {
          constants.put(file.getFileName().toString().replace(".java", ""), constant.group(1));
        }
      }
      for (Path file : java) {
        Matcher client = CLIENT.matcher(Files.readString(file));
        while (client.find()) {
          String literal = client.group(1);
          names.add(literal == null ? constants.get(client.group(2)) : literal);
        }
      }
    }
    return names;
  }
}
