import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cuts an app's bill of materials down to the jars that its image has: {@code java -cp <jackson>
 * build/image/ImageSbom.java target/image}. The plugin that wrote it knows Maven's scopes, and not that
 * an optional dependency stays out. A jar that the bill does not know fails the build.
 */
final class ImageSbom {

  private ImageSbom() {}

  public static void main(String[] arguments) throws IOException {
    Path image = Path.of(arguments[0]);
    Path application = image.resolve("layers/application");
    Path all = image.resolve("all.cdx.json");
    if (!Files.exists(all)) {
      System.err.println("no bill of materials in the image: Maven is offline, its plugin needs the net");
      return;
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode bill = (ObjectNode) json.readTree(all.toFile());
    Set<String> unknown = jars(image.resolve("layers"));
    Set<String> kept = new HashSet<>();
    ObjectNode app = (ObjectNode) bill.at("/metadata/component");
    String own = app.get("group").asText();
    // Boot's, inherited with its POM.
    app.remove("externalReferences");
    kept.add(app.get("bom-ref").asText());
    ArrayNode components = json.createArrayNode();
    for (JsonNode component : bill.get("components")) {
      if (unknown.remove(fileName(component))) {
        if (component.path("group").asText().equals(own)) {
          ((ObjectNode) component).remove("externalReferences");
        }
        components.add(component);
        kept.add(component.get("bom-ref").asText());
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalStateException("not in the bill of materials: " + unknown);
    }
    bill.set("components", components);
    bill.set("dependencies", dependencies(bill.get("dependencies"), kept, json));
    Path target = Files.createDirectories(application.resolve("sbom"));
    json.writerWithDefaultPrettyPrinter()
        .writeValue(target.resolve("application.cdx.json").toFile(), bill);
  }

  private static Set<String> jars(Path layers) throws IOException {
    try (Stream<Path> files = Files.walk(layers)) {
      return files
          .filter(file -> file.getParent().endsWith("lib"))
          .map(Path::toFile)
          .map(File::getName)
          .collect(Collectors.toCollection(TreeSet::new));
    }
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

  private static ArrayNode dependencies(JsonNode all, Set<String> kept, ObjectMapper json) {
    ArrayNode left = json.createArrayNode();
    for (JsonNode dependency : all) {
      if (kept.contains(dependency.get("ref").asText())) {
        ObjectNode copy = dependency.deepCopy();
        ArrayNode on = json.createArrayNode();
        dependency.path("dependsOn").forEach(to -> {
          if (kept.contains(to.asText())) {
            on.add(to);
          }
        });
        copy.set("dependsOn", on);
        left.add(copy);
      }
    }
    return left;
  }
}
