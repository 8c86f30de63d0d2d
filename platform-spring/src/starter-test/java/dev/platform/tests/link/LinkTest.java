package dev.platform.tests.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ServerChain;
import dev.platform.jdbc.JdbcAutoConfiguration;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modules compiled against one Spring Boot line find all referenced classes and members on this
 * line, too. Otherwise a moved class causes a NoClassDefFoundError only when a user's code reaches
 * it.
 */
class LinkTest {

  /** Only one of both transports is present; Spring Security has tests of its own. */
  private static final List<String> OPTIONAL =
      List.of("io/grpc/netty/", "io/netty/", "org/springframework/security/");

  @ParameterizedTest
  @ValueSource(
      classes = {
        ServerChain.class,
        ChainOrder.class,
        JdbcAutoConfiguration.class,
        EmbeddedEtcd.class
      })
  void resolvesAllReferencesOfTheModule(Class<?> member) throws Exception {
    Linker linker = new Linker(OPTIONAL);
    List<byte[]> classFiles = classFiles(member);
    classFiles.forEach(linker::link);
    assertThat(classFiles).hasSizeGreaterThan(5);
    assertThat(linker.missing()).isEmpty();
  }

  private static List<byte[]> classFiles(Class<?> member) throws IOException, URISyntaxException {
    Path place = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return read(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
      return read(jar.getPath("/"));
    }
  }

  private static List<byte[]> read(Path root) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          files.add(Files.readAllBytes(file));
        }
      }
    }
    return files;
  }
}
