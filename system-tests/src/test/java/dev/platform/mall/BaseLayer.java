package dev.platform.mall;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Replaces a base image if no image registry can be reached: this machine's Java and the C
 * libraries that it loads, as the tar of a layer.
 */
final class BaseLayer {

  static final String PATH = "/opt/java/bin";

  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");

  private BaseLayer() {}

  static boolean isPossible() {
    return Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods"));
  }

  /** Writes the tar. Takes seconds. */
  static void write(Path tar, Path work) throws IOException {
    Path java = work.resolve("java").toAbsolutePath();
    if (!Files.exists(java)) {
      Programs.run(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
              "--add-modules",
              "java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.naming.dns,jdk.random,jdk.zipfs",
              "--strip-debug",
              "--output",
              java.toString()));
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar));
        TarArchiveOutputStream to = new TarArchiveOutputStream(out);
        Stream<Path> files = Files.walk(java)) {
      to.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (String folder : List.of("proc", "sys", "dev", "etc")) {
        add(to, new TarArchiveEntry(folder + "/"), new byte[0], 0755);
      }
      // A container engine gives the tmpfs that it mounts there the same mode.
      add(to, new TarArchiveEntry("tmp/"), new byte[0], 01777);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = "opt/java/" + java.relativize(file);
        add(to, new TarArchiveEntry(name), Files.readAllBytes(file), 0755);
      }
      for (String library : libraries(java)) {
        byte[] content = Files.readAllBytes(Path.of(library));
        add(to, new TarArchiveEntry(library.substring(1)), content, 0755);
      }
    }
  }

  private static TreeSet<String> libraries(Path java) throws IOException {
    TreeSet<String> libraries = new TreeSet<>();
    try (Stream<Path> files = Files.walk(java)) {
      for (Path file : files.filter(BaseLayer::isNative).toList()) {
        Matcher matcher = LIBRARY.matcher(Programs.run(List.of("ldd", file.toString())));
        while (matcher.find()) {
          if (!matcher.group(1).startsWith(java.toString())) {
            libraries.add(matcher.group(1));
          }
        }
      }
    }
    return libraries;
  }

  private static boolean isNative(Path file) {
    return file.endsWith("bin/java") || file.toString().endsWith(".so");
  }

  private static void add(
      TarArchiveOutputStream to, TarArchiveEntry entry, byte[] content, int mode)
      throws IOException {
    entry.setMode(mode);
    entry.setSize(content.length);
    to.putArchiveEntry(entry);
    to.write(content);
    to.closeArchiveEntry();
  }
}
