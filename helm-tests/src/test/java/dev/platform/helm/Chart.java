package dev.platform.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The chart with overridden values. Immutable; rendering takes tens of milliseconds. If Helm has no
 * library for this machine, tests are skipped, or fail with no-skips.
 */
final class Chart {

  /** The chart's folder. */
  static final Path FOLDER = Path.of("..", "helm");

  static final String RELEASE = "mall";
  static final String NAMESPACE = "shop";

  /** A digest of no image. */
  static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  private static final String DIGESTS =
      """
      services:
        order-app: {image: {digest: %1$s}}
        inventory-app: {image: {digest: %1$s}}
        payment-app: {image: {digest: %1$s}}
      etcd: {image: {digest: %1$s}}
      collector: {image: {digest: %1$s}}
      """
          .formatted(DIGEST);

  private static final String NO_SKIPS = "platform.test.no-skips";
  private static final String KUBERNETES = "1.32.0";

  private final Path folder;
  private final String release;
  private final List<Path> values;

  private Chart(Path folder, String release, List<Path> values) {
    this.folder = folder;
    this.release = release;
    this.values = values;
  }

  /** With its default values. */
  static Chart tryOut() {
    requireHelm();
    Cluster.empty();
    return new Chart(FOLDER, RELEASE, List.of());
  }

  /**
   * With one of the values files beside the default, such as {@code production}, and the digests
   * that it requires.
   */
  static Chart of(String file) {
    return file.equals("try-out") ? tryOut() : withoutDigests(file).with(DIGESTS);
  }

  /** With one of the values files beside the default, and nothing else. */
  static Chart withoutDigests(String file) {
    return tryOut().plus(FOLDER.resolve("values-" + file + ".yaml"));
  }

  /** As a release of another name. */
  Chart named(String name) {
    return new Chart(folder, name, values);
  }

  /** Overrides values, in YAML. */
  Chart with(String yaml) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      file.toFile().deleteOnExit();
      return plus(Files.writeString(file, yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of the chart that renders hooks as ordinary objects. */
  Chart withoutHooks(Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(folder.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target, Files.readString(file).replace("helm.sh/hook:", "was-a-hook:"));
      }
    }
    return new Chart(copy, release, values);
  }

  /** Its values files, for Helm's {@code --values}, in this order. */
  List<Path> values() {
    return values;
  }

  /** The objects that Helm would send to the cluster. */
  Manifests render() {
    return Manifests.parse(command().call());
  }

  /** Helm's error message when rendering fails. */
  String refusal() {
    try {
      command().call();
    } catch (IllegalStateException refused) {
      return String.valueOf(refused.getMessage());
    }
    throw new AssertionError("rendered (expected: refused)");
  }

  /** The result of {@code helm lint --strict}. */
  LintResult lint() {
    return new Helm(folder).lint().strict().call();
  }

  /** The chart's default values. */
  static Map<String, Object> ownValues() {
    return yaml(FOLDER.resolve("values.yaml"));
  }

  static Map<String, Object> yaml(Path file) {
    try {
      return new Yaml().load(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Chart plus(Path file) {
    List<Path> more = new ArrayList<>(values);
    more.add(file);
    return new Chart(folder, release, more);
  }

  private TemplateCommand command() {
    TemplateCommand command =
        new Helm(folder)
            .template()
            .withName(release)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES);
    values.forEach(command::withValuesFile);
    return command;
  }

  private static void requireHelm() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean isThere =
        Stream.of("linux", "mac", "windows").anyMatch(system::contains)
            && List.of("amd64", "x86_64", "aarch64").contains(machine);
    String message =
        "skipped: Helm has no library for %s on %s (expected: Linux, macOS or Windows on amd64 or arm64)"
            .formatted(system, machine);
    if (!isThere && Boolean.getBoolean(NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(isThere, message);
  }
}
