package dev.platform.dev.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL for development on machines that are not quite like ours. */
class DevPostgresMachineTest {

  private static final long LIMIT_SECONDS = 90;

  @TempDir private Path temporary;
  private Path folder;

  private Path programs;

  @BeforeEach
  void create() throws IOException {
    folder = Files.createDirectory(temporary.resolve("a folder with spaces"));
    // Not in the temporary folder of the test, which other users may not read.
    programs = Files.createTempDirectory("some programs");
    Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void delete() throws IOException {
    FileSystemUtils.deleteRecursively(programs);
  }

  @Test
  void startsWithALocaleThatIsNotInstalled() throws Exception {
    assertThat(start(Map.of("LC_ALL", "xx_XX.UTF-8", "LC_CTYPE", "UTF-8"))).contains("started at ");
  }

  @Test
  void startsAsRootWithoutUserNamespaces() throws Exception {
    assumeRootWith("setpriv");
    assertThat(start(Map.of("PATH", pathWithout("unshare").toString()))).contains("started at ");
    // And again, with the programs that were unpacked before.
    assertThat(start(Map.of("PATH", pathWithout("unshare").toString()))).contains("started at ");
  }

  @Test
  void saysWhatToDoAsRootWithNeitherUserNamespacesNorAnotherUser() throws Exception {
    assumeRootWith("unshare");
    assertThat(start(Map.of("PATH", pathWithout("unshare", "setpriv").toString())))
        .contains("PostgreSQL does not run as root")
        .contains("run as another user, or set spring.datasource.url");
  }

  private static void assumeRootWith(String program) throws IOException {
    assumeTrue(
        Files.exists(Path.of("/proc/self"))
            && Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
            && Files.exists(Path.of("/usr/bin", program)),
        "skipped: needs root and " + program);
  }

  /** Everything on the path but these programs. */
  private Path pathWithout(String... programs) throws IOException {
    Path path = Files.createDirectories(temporary.resolve("path"));
    for (String entry : System.getenv("PATH").split(File.pathSeparator)) {
      if (!Files.isDirectory(Path.of(entry))) {
        continue;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(entry))) {
        for (Path file : files) {
          Path link = path.resolve(file.getFileName());
          if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, file);
          }
        }
      }
    }
    for (String program : programs) {
      Files.deleteIfExists(path.resolve(program));
    }
    return path;
  }

  private String start(Map<String, String> environment) throws Exception {
    Path output = temporary.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dot.epg.working-dir=" + programs,
            "-cp",
            System.getProperty("java.class.path"),
            StartPostgres.class.getName(),
            folder.toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }
}
