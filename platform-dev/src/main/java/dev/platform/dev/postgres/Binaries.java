package dev.platform.dev.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the embedded PostgreSQL unpacks its binaries. A process that was killed while it unpacked
 * them leaves a part, over which no later one can unpack: every start fails until it is deleted.
 */
final class Binaries {

  private static final Logger log = LoggerFactory.getLogger(Binaries.class);

  /** Held by the process that unpacks. */
  private static final String LOCK = "epg-lock";

  /** Written last. */
  private static final String COMPLETE = ".exists";

  private Binaries() {}

  /** The folder that the library uses. */
  static Path folder() {
    String given = System.getProperty("ot.epg.working-dir");
    return given == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg")
        : Path.of(given);
  }

  /** Deletes what was unpacked in part, unless a process is unpacking there now. */
  static void deleteIncomplete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder, "PG-*")) {
      for (Path version : versions) {
        if (!isComplete(version)) {
          deleteUnlessLocked(version);
        }
      }
    }
  }

  private static void deleteUnlessLocked(Path version) throws IOException {
    Path file = version.resolve(LOCK);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null && !isComplete(version)) {
        log.warn("Deleting {}: PostgreSQL's binaries were unpacked there only in part", version);
        deleteContents(version, file);
      }
    } catch (OverlappingFileLockException e) {
      log.debug("{} is being unpacked by this process", version);
    }
  }

  private static void deleteContents(Path version, Path except) throws IOException {
    List<Path> contents;
    try (Stream<Path> all = Files.walk(version)) {
      contents = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : contents) {
      if (!each.equals(except) && !each.equals(version)) {
        Files.delete(each);
      }
    }
  }

  private static boolean isComplete(Path version) {
    return Files.exists(version.resolve(COMPLETE));
  }
}
