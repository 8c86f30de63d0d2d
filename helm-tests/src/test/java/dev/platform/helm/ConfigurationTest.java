package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart writes only the apps' known properties into application.yml and the environment. */
class ConfigurationTest {

  private static final List<String> APPS = List.of("order-app", "inventory-app", "payment-app");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "try-out",
        "production",
        "high availability",
        "kubernetes registry",
        "Redis",
        "Redis elsewhere",
        "a namespace in etcd"
      })
  void everyPropertyIsKnownToTheApp(String variant) throws Exception {
    Manifests manifests = Variants.chart(variant).render();

    for (String app : APPS) {
      KnownNames known = KnownNames.of(app);
      assertThat(KnownNames.flatten("", manifests.config(app)))
          .as("properties of %s", app)
          .isNotEmpty()
          .allMatch(known::contains);
      assertThat(Manifest.maps(container(manifests, app).get("env")))
          .extracting(variable -> variable.get("name").toString())
          .filteredOn(name -> !name.equals("CLASSPATH"))
          .isNotEmpty()
          .allMatch(known::containsVariable);
    }
  }

  @Test
  void aMistypedPropertyIsDetected() throws Exception {
    KnownNames known = KnownNames.of("order-app");

    assertThat(known.contains("platform.drain.delay")).isTrue();
    assertThat(known.contains("platform.drain.dely")).isFalse();
    assertThat(known.contains("mall.order.price-timeout")).isTrue();
    assertThat(known.contains("mall.payment.bank-timeout")).isFalse();
    assertThat(known.containsVariable("PLATFORM_REGISTRY_ADVERTISEHOST")).isTrue();
    assertThat(known.containsVariable("PLATFORM_REGISTRY_ADVERTISEDHOST")).isFalse();
  }

  @Test
  void secretsAreKeptOutOfTheConfiguration() {
    Manifests manifests =
        Chart.of("production")
            .with(
                """
                services:
                  order-app: {database: {existingSecret: '', username: ada, password: s3cr3t}}
                """)
            .render();

    for (String app : APPS) {
      assertThat(manifests.config(app).toString()).doesNotContain("s3cr3t", "password");
    }
    assertThat(container(manifests, "order-app").toString()).doesNotContain("s3cr3t");
    assertThat(secretOf(manifests, "order-app", "SPRING_DATASOURCE_PASSWORD"))
        .isEqualTo("mall-order-app-database/password");
    assertThat(secretOf(manifests, "payment-app", "SPRING_DATASOURCE_PASSWORD"))
        .isEqualTo("payment-app-database/password");
    assertThat(secretOf(manifests, "payment-app", "PLATFORM_ETCD_USERNAME"))
        .isEqualTo("mall-etcd-user/username");
  }

  @Test
  void onlyAppsThatCheckUsersTokensKnowTheirIssuer() {
    Manifests manifests =
        Chart.tryOut()
            .with("security: {users: {issuer: 'https://login.example.com', audiences: [mall]}}")
            .render();

    assertThat(KnownNames.flatten("", manifests.config("inventory-app")))
        .contains("spring.security.oauth2.resourceserver.jwt.issuer-uri")
        .anyMatch(name -> name.startsWith("platform.security.user.audiences"));
    assertThat(KnownNames.flatten("", manifests.config("payment-app")))
        .noneMatch(name -> name.contains("jwt") || name.contains("audiences"));
  }

  @Test
  void anInstanceRegistersItsPodIpAndZone() {
    Map<String, Object> container = container(Chart.tryOut().render(), "order-app");

    assertThat(field(container, "PLATFORM_REGISTRY_ADVERTISEHOST")).isEqualTo("status.podIP");
    assertThat(field(container, "PLATFORM_REGISTRY_METADATA_ZONE"))
        .isEqualTo("metadata.labels['topology.kubernetes.io/zone']");
  }

  @Test
  void customConfigurationIsMergedWithTheGeneratedOne() {
    Manifests manifests =
        Chart.tryOut()
            .with(
                """
                config: {mall: {edge: {max-body: 2MB}}, spring: {flyway: {connect-retries: 3}}}
                services:
                  order-app: {config: {mall: {edge: {max-body: 3MB}}}}
                """)
            .render();

    Map<String, Object> order = manifests.config("order-app");
    assertThat(Manifest.at(order, "mall", "edge", "max-body")).isEqualTo("3MB");
    assertThat(Manifest.at(manifests.config("payment-app"), "mall", "edge", "max-body"))
        .isEqualTo("2MB");
    assertThat(Manifest.at(order, "spring", "flyway", "connect-retries")).isEqualTo(3);
    assertThat(Manifest.at(order, "spring", "datasource", "url"))
        .isEqualTo(
            "jdbc:postgresql://mall-postgresql:5432/order?sslmode=verify-full&sslrootcert=/etc/mall/database/ca.crt");
  }

  private static Map<String, Object> container(Manifests manifests, String app) {
    return manifests.get("Deployment", "mall-" + app).container();
  }

  private static Map<String, Object> variable(Map<String, Object> container, String name) {
    return Manifest.maps(container.get("env")).stream()
        .filter(variable -> variable.get("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Object field(Map<String, Object> container, String name) {
    return Manifest.at(variable(container, name), "valueFrom", "fieldRef", "fieldPath");
  }

  private static String secretOf(Manifests manifests, String app, String name) {
    Object reference =
        Manifest.at(variable(container(manifests, app), name), "valueFrom", "secretKeyRef");
    return Manifest.at(reference, "name") + "/" + Manifest.at(reference, "key");
  }
}
