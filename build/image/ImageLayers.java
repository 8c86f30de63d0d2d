import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Completes the folder with an app's unpacked jar: {@code java -cp <jackson>
 * build/image/ImageLayers.java target/image kubernetes=../build/image/kubernetes-registry/target …}.
 *
 * <p>Adds a layer for each addition to the class path that a deployment can choose, and a bill of materials
 * of all jars. The plugin that writes such bills knows Maven's scopes, but not that an optional dependency
 * is left out. A jar that is in no bill fails the build.
 */
final class ImageLayers {

  private static final String BILL = "image/all.cdx.json";

  private ImageLayers() {}

  public static void main(String[] arguments) throws IOException {
    Path image = Path.of(arguments[0]);
    Path layers = image.resolve("layers");
    Set<String> own = jars(layers);
    Set<String> jars = new TreeSet<>(own);
    List<Path> bills = new ArrayList<>(List.of(image.resolveSibling(BILL)));
    for (String addition : List.of(arguments).subList(1, arguments.length)) {
      String name = addition.substring(0, addition.indexOf('='));
      Path from = Path.of(addition.substring(name.length() + 1));
      jars.addAll(add(from.resolve("lib"), own, layers.resolve(name).resolve(name)));
      bills.add(from.resolve(BILL));
    }
    if (!Files.exists(bills.get(0))) {
      System.err.println("no bill of materials in the image: Maven is offline, its plugin needs the network");
      return;
    }
    Path target = Files.createDirectories(layers.resolve("application/sbom"));
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(target.resolve("application.cdx.json").toFile(), bill(jars, bills));
  }

  /** Copies the jars that the app has in no version; the app's own come first on the class path anyway. */
  private static Set<String> add(Path from, Set<String> present, Path to) throws IOException {
    Set<String> names = present.stream().map(ImageLayers::withoutVersion).collect(Collectors.toSet());
    Files.createDirectories(to);
    Set<String> added = new TreeSet<>();
    for (String jar : jars(from.getParent())) {
      if (!names.contains(withoutVersion(jar))) {
        Files.copy(from.resolve(jar), to.resolve(jar), StandardCopyOption.REPLACE_EXISTING);
        added.add(jar);
      }
    }
    return added;
  }

  private static String withoutVersion(String jar) {
    return jar.replaceFirst("-\\d.*", "");
  }

  private static Set<String> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getParent().endsWith("lib"))
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The first bill, with the components of all bills whose jars are present. */
  private static ObjectNode bill(Set<String> jars, List<Path> files) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> all = new ArrayList<>();
    for (Path file : files) {
      all.add(json.readTree(file.toFile()));
    }
    ObjectNode bill = (ObjectNode) all.get(0);
    ObjectNode app = (ObjectNode) bill.at("/metadata/component");
    String own = app.get("group").asText();
    // Spring Boot's, inherited with its POM.
    app.remove("externalReferences");
    Set<String> unknown = new TreeSet<>(jars);
    Set<String> kept = new HashSet<>(Set.of(app.get("bom-ref").asText()));
    ArrayNode components = json.createArrayNode();
    for (JsonNode one : all) {
      for (JsonNode component : one.get("components")) {
        if (unknown.remove(fileName(component))) {
          if (component.path("group").asText().equals(own)) {
            ((ObjectNode) component).remove("externalReferences");
          }
          components.add(component);
          kept.add(component.get("bom-ref").asText());
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalStateException("not in the bill of materials: " + unknown);
    }
    bill.set("components", components);
    bill.set("dependencies", dependencies(all, kept, json));
    return bill;
  }

  private static String fileName(JsonNode component) {
    String purl = component.path("purl").asText();
    int classifier = purl.indexOf("classifier=");
    return component.get("name").asText()
        + "-"
        + component.get("version").asText()
        + (classifier < 0 ? "" : "-" + purl.substring(classifier + 11).replaceAll("&.*", ""))
        + ".jar";
  }

  private static ArrayNode dependencies(List<JsonNode> all, Set<String> kept, ObjectMapper json) {
    ArrayNode left = json.createArrayNode();
    Set<String> seen = new HashSet<>();
    for (JsonNode bill : all) {
      for (JsonNode dependency : bill.get("dependencies")) {
        String ref = dependency.get("ref").asText();
        if (kept.contains(ref) && seen.add(ref)) {
          ObjectNode copy = dependency.deepCopy();
          ArrayNode on = json.createArrayNode();
          dependency
              .path("dependsOn")
              .forEach(
                  to -> {
                    if (kept.contains(to.asText())) {
                      on.add(to);
                    }
                  });
          copy.set("dependsOn", on);
          left.add(copy);
        }
      }
    }
    return left;
  }
}
