package dev.platform.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images by digest: what production requires, and the program that writes the digests. */
class DigestsTest {

  private static final String OTHER = "sha256:" + "f".repeat(64);
  private static final String ORDER_APP = "registry.example.com/shop/mall/order-app:0.1.0-SNAPSHOT";

  /** A project of its own: {@code helm/digests}, and what it finds on its PATH in {@code bin}. */
  @TempDir private Path project;

  private Path bin;

  /** The output of a run. */
  private record Run(int code, String output, String errors) {}

  @BeforeEach
  void copyProgram() throws IOException {
    bin = Files.createDirectories(project.resolve("bin"));
    Path copy = Files.createDirectories(project.resolve("helm")).resolve("digests");
    Files.copy(Chart.FOLDER.resolve("digests"), copy);
    assertThat(copy.toFile().setExecutable(true)).isTrue();
    for (String tool : List.of("dirname", "grep", "sed", "tail", "cat")) {
      program(tool, "exec " + find(tool) + " \"$@\"");
    }
  }

  @Test
  void productionIsRefusedWithoutDigestsAndNamesEachImage() {
    assertThat(missing(Chart.withoutDigests("production")))
        .containsExactly(
            "services.inventory-app.image.digest of"
                + " registry.example.com/shop/mall/inventory-app:0.1.0-SNAPSHOT",
            "services.order-app.image.digest of " + ORDER_APP,
            "services.payment-app.image.digest of"
                + " registry.example.com/shop/mall/payment-app:0.1.0-SNAPSHOT");
    assertThat(missing(Chart.withoutDigests("ha")))
        .hasSize(5)
        .anyMatch(line -> line.startsWith("etcd.image.digest of quay.io/coreos/etcd:v"))
        .anyMatch(line -> line.startsWith("collector.image.digest of otel/"));
  }

  @Test
  void eachImageThatIsInstalledNeedsOne() throws Exception {
    Chart everything =
        Chart.tryOut()
            .with(
                "{redis: {enabled: true}, collector: {enabled: true, tracesEndpoint: 't:4317',"
                    + " metricsEndpoint: 'http://m'}}");

    List<String> named =
        missing(everything.with("image: {requireDigests: true}")).stream()
            .map(line -> line.replaceFirst(".* of ", ""))
            .toList();

    assertThat(named)
        .hasSize(8)
        .containsExactlyInAnyOrderElementsOf(
            new TreeSet<>(images(everything.withoutHooks(project.resolve("copy")).render())));
  }

  @Test
  void onlyImagesThatAreInstalledNeedOne() {
    String kubernetes =
        "{registry: {type: kubernetes}, redis: {enabled: true}, tests: {enabled: true}, services:"
            + " {payment-app: {enabled: false}}}";

    assertThat(missing(Chart.of("production").with(kubernetes)))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("redis.image.digest of "))
        .anyMatch(line -> line.startsWith("tests.image.digest of "));
  }

  @Test
  void aDigestReplacesTheTagOfEachImage() throws Exception {
    Manifests manifests =
        Variants.chart("a digest for each image").withoutHooks(project.resolve("copy")).render();

    assertThat(images(manifests))
        .hasSizeGreaterThanOrEqualTo(9)
        .allMatch(image -> image.matches("[a-z./-]+@" + Chart.DIGEST))
        .contains("r.example.com/mall/order-app@" + Chart.DIGEST);
  }

  @Test
  void invalidDigestsAreRefused() {
    assertThat(Chart.tryOut().with("etcd: {image: {digest: 'sha256:abc'}}").refusal())
        .contains("at '/etcd/image/digest'", "does not match pattern");
  }

  @ParameterizedTest
  @ValueSource(strings = {"production", "ha"})
  void whatTheProgramWritesIsWhatTheChartMisses(String file) throws Exception {
    helmRefuses(Chart.withoutDigests(file).refusal());
    program("skopeo", "echo 'level=warning: slow' >&2; echo " + Chart.DIGEST);

    Run run = digests();

    assertThat(run.errors()).isEmpty();
    assertThat(
            Chart.withoutDigests(file)
                .with(run.output())
                .render()
                .get("Deployment", "mall-order-app")
                .container())
        .containsEntry("image", "registry.example.com/shop/mall/order-app@" + Chart.DIGEST);
  }

  @Test
  void anImageThatWasPushedFromHereHasTheDigestThatJibWrote() throws Exception {
    helmRefuses(Chart.withoutDigests("production").refusal());
    program("crane", "echo " + Chart.DIGEST);
    jibWrote("order-app", ORDER_APP, true);
    jibWrote("inventory-app", "registry.example.com/shop/mall/inventory-app:0.1.0-SNAPSHOT", false);

    Manifests manifests = Chart.withoutDigests("production").with(digests().output()).render();

    assertThat(image(manifests, "order-app")).endsWith(OTHER);
    assertThat(image(manifests, "inventory-app")).endsWith(Chart.DIGEST);
    assertThat(image(manifests, "payment-app")).endsWith(Chart.DIGEST);
  }

  @Test
  void failsInOneSentenceWithoutATool() throws Exception {
    helmRefuses(Chart.withoutDigests("production").refusal());

    assertThat(digests())
        .isEqualTo(
            new Run(
                1,
                "",
                "helm/digests: none of skopeo, crane and docker buildx is on the PATH (expected:"
                    + " one of them, to read the digest of"
                    + " registry.example.com/shop/mall/inventory-app:0.1.0-SNAPSHOT)\n"));
  }

  @Test
  void writesNothingIfOneDigestCannotBeRead() throws Exception {
    helmRefuses(Chart.withoutDigests("production").refusal());
    program(
        "skopeo",
        "case $* in *payment-app*) echo 'unauthorized' >&2; exit 1 ;; esac; echo " + Chart.DIGEST);

    assertThat(digests())
        .isEqualTo(
            new Run(
                1,
                "",
                "helm/digests: skopeo can't read the digest of"
                    + " registry.example.com/shop/mall/payment-app:0.1.0-SNAPSHOT:"
                    + " unauthorized\n"));
  }

  @Test
  void anAnswerThatIsNoDigestIsRefused() throws Exception {
    helmRefuses(Chart.withoutDigests("production").refusal());
    program("crane", "echo sha256:abc");

    assertThat(digests().errors())
        .contains(
            "inventory-app:0.1.0-SNAPSHOT: sha256:abc (expected: sha256: and 64 hexadecimal"
                + " digits)");
  }

  @Test
  void aChartThatDoesNotRenderIsReportedAsSuch() throws Exception {
    helmRefuses(Chart.tryOut().with("image: {tag: latest}").refusal());

    assertThat(digests().errors())
        .startsWith("helm/digests: the chart does not render with these values: ")
        .contains("image.tag: latest");
  }

  @Test
  void nothingIsWrittenIfNothingIsMissing() throws Exception {
    program("helm", "echo rendered");

    assertThat(digests()).isEqualTo(new Run(0, "{} # all images have a digest\n", ""));
    assertThat(Chart.of("production").with("{} # all images have a digest").render().all())
        .isNotEmpty();
  }

  private static List<String> missing(Chart chart) {
    String refusal = chart.refusal();
    assertThat(refusal)
        .contains(
            "image.requireDigests: true (expected: a digest of each image; helm/digests writes"
                + " those that are missing)");
    return refusal
        .lines()
        .filter(line -> line.contains(".image.digest of "))
        .map(String::strip)
        .toList();
  }

  private static List<String> images(Manifests manifests) {
    return manifests.containers().map(container -> container.get("image").toString()).toList();
  }

  private static String image(Manifests manifests, String app) {
    return manifests.get("Deployment", "mall-" + app).container().get("image").toString();
  }

  private void helmRefuses(String refusal) throws IOException {
    Path file = Files.writeString(project.resolve("refusal"), refusal + "\n");
    program("helm", "cat '" + file + "' >&2; exit 1");
  }

  private void jibWrote(String app, String image, boolean pushed) throws IOException {
    Path target = Files.createDirectories(project.resolve(app).resolve("target"));
    Files.writeString(
        target.resolve("jib-image.json"),
        "{\"image\":\"%s\",\"imageId\":\"sha256:1\",\"imageDigest\":\"%s\",\"tags\":[\"1\"],\"imagePushed\":%s}"
            .formatted(image, OTHER, pushed));
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!" + find("bash") + "\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Path find(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new AssertionError(program + " is not on the PATH");
  }

  private Run digests() throws IOException, InterruptedException {
    Path output = project.resolve("output");
    Path errors = project.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(
                find("bash").toString(),
                project.resolve("helm/digests").toString(),
                "-f",
                "mine.yaml")
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("PATH", bin.toString());
    // bash itself warns of a locale that this machine does not have.
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    boolean ended = process.waitFor(1, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    return new Run(process.waitFor(), Files.readString(output), Files.readString(errors));
  }
}
