package dev.platform.dev.certificates;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** A folder that only its owner can read, which several processes write to. */
final class PrivateFiles {

  private static final Set<PosixFilePermission> FILE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> FOLDER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /** A JVM holds a file's lock once; its threads wait here. */
  private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

  private final Path folder;

  PrivateFiles(Path folder) {
    this.folder = folder;
  }

  /** What is done while no other process does anything here. */
  interface Work<T> {

    T run() throws IOException;
  }

  /** Creates the folder if needed, and waits for other processes. */
  <T> T alone(Work<T> work) throws IOException {
    Files.createDirectories(folder);
    restrict(folder, FOLDER);
    IN_THIS_JVM.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      return work.run();
    } finally {
      IN_THIS_JVM.unlock();
    }
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  boolean has(String name) {
    return Files.isRegularFile(path(name));
  }

  /** Restricts the file to its owner, in case it was copied here. */
  String read(String name) throws IOException {
    restrict(path(name), FILE);
    return Files.readString(path(name), StandardCharsets.US_ASCII);
  }

  /** Replaces the file as a whole; readers see the old text or the new one. */
  void write(String name, String text) throws IOException {
    Path written = Files.createTempFile(folder, name, ".new");
    try {
      restrict(written, FILE);
      Files.writeString(written, text, StandardCharsets.US_ASCII);
      Files.move(written, path(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  /** File systems without POSIX modes have access lists, which are inherited from the folder. */
  private static void restrict(Path path, Set<PosixFilePermission> modes) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, modes);
    }
  }
}
