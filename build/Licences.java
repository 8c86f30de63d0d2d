import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Fails if a library in a module's bill of materials has no permissive licence: {@code java build/Licences.java},
 * after {@code mvn package -Psbom}, in the folder of the project.
 *
 * <p>A library with several licences may be used under any of them. Licences that ask for something only when the
 * library itself is changed are allowed for the libraries that are named here, and for no others.
 */
final class Licences {

  private static final Set<String> PERMISSIVE =
      Set.of(
          "Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "0BSD", "CC0-1.0", "ISC", "Unlicense",
          "Bouncy Castle Licence", "EDL-1.0", "PostgreSQL", "Public Domain", "Public-Domain", "Go License");

  /** Weak copyleft, of unchanged libraries: the beginning of a name, and the licence. */
  private static final Map<String, Set<String>> REVIEWED =
      Map.of(
          "ch.qos.logback:", Set.of("EPL-1.0", "EPL-2.0"),
          "jakarta.annotation:", Set.of("EPL-2.0"),
          "jakarta.servlet:", Set.of("EPL-2.0"),
          "javax.annotation:", Set.of("CDDL-1.0"),
          "org.junit.", Set.of("EPL-2.0"),
          "org.aspectj:aspectjweaver", Set.of("EPL-2.0"));

  /** Modules of tests and measurements, which nobody gets; JMH is under the GPL, with the class path exception. */
  private static final Set<String> IN_NO_RELEASE =
      Set.of(
          "benchmarks", "helm-tests", "system-tests", "platform-core/concurrency-tests", "platform-starter/tests",
          "platform-starter-boot4/tests");

  private Licences() {}

  public static void main(String[] arguments) throws Exception {
    List<Path> bills = bills(Path.of(arguments.length == 0 ? "." : arguments[0]));
    if (bills.isEmpty()) {
      System.err.println("licences: there is no target/sbom/sbom.cdx.xml (expected: mvn package -Psbom before)");
      System.exit(1);
    }
    Map<String, Set<String>> libraries = new TreeMap<>();
    for (Path bill : bills) {
      read(bill, libraries);
    }
    List<String> refused = new ArrayList<>();
    libraries.forEach(
        (library, licences) -> {
          if (licences.stream().noneMatch(licence -> isAllowed(library, licence))) {
            refused.add(library + ": " + (licences.isEmpty() ? "none" : String.join(", ", licences)));
          }
        });
    if (!refused.isEmpty()) {
      refused.forEach(line -> System.err.println("licences: " + line + " (expected: a permissive one, see build/Licences.java)"));
      System.exit(1);
    }
    System.out.printf("licences: %d libraries in %d bills of materials, all permissive or reviewed%n", libraries.size(), bills.size());
  }

  private static boolean isAllowed(String library, String licence) {
    return PERMISSIVE.contains(licence)
        || REVIEWED.entrySet().stream()
            .anyMatch(reviewed -> library.startsWith(reviewed.getKey()) && reviewed.getValue().contains(licence));
  }

  private static List<Path> bills(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 5)) {
      return files
          .filter(file -> file.endsWith("target/sbom/sbom.cdx.xml"))
          .filter(file -> IN_NO_RELEASE.stream().noneMatch(module -> file.startsWith(folder.resolve(module))))
          .sorted()
          .toList();
    }
  }

  private static void read(Path bill, Map<String, Set<String>> libraries) throws Exception {
    Element bom;
    try (InputStream in = Files.newInputStream(bill)) {
      bom = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(in).getDocumentElement();
    }
    for (Element components : children(bom, "components")) {
      for (Element component : children(components, "component")) {
        String group = text(component, "group");
        if (!group.startsWith("dev.platform")) {
          String library = group + ":" + text(component, "name") + ":" + text(component, "version");
          libraries.computeIfAbsent(library, unused -> new TreeSet<>()).addAll(licences(component));
        }
      }
    }
  }

  private static Set<String> licences(Element component) {
    Set<String> found = new TreeSet<>();
    for (Element licences : children(component, "licenses")) {
      for (Element licence : children(licences, "license")) {
        children(licence, "id").forEach(id -> found.add(id.getTextContent().strip()));
        children(licence, "name").forEach(name -> found.add(name.getTextContent().strip()));
      }
      for (Element expression : children(licences, "expression")) {
        found.addAll(List.of(expression.getTextContent().strip().replaceAll("[()]", "").split(" OR ")));
      }
    }
    return found;
  }

  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
