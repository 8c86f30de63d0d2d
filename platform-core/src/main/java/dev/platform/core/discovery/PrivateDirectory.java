package dev.platform.core.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory whose files only this user can have written: it and its files belong to this user,
 * nobody else may write or read them, and none of them is a symbolic link. Anything else is refused
 * with an {@link IOException} that says what is wrong. Where files have no such owners (Windows),
 * nothing is checked. Blocks.
 */
final class PrivateDirectory {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path path;
  private final boolean posix;
  private @Nullable UserPrincipal self;

  PrivateDirectory(Path path) {
    this.path = path;
    this.posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Makes the directory where there is none. */
  void require() throws IOException {
    create();
  }

  /** Whether there is one; throws for one that is not private. */
  boolean isPresent() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    check();
    return true;
  }

  /** Replaces a file by an atomic move; the directory is made where there is none. */
  void write(String name, String text) throws IOException {
    create();
    Path fresh = Files.createTempFile(path, "new-", ".tmp", ownerOnly("rw-------"));
    try {
      Files.writeString(fresh, text);
      Files.move(
          fresh,
          path.resolve(name),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Deletes a file, if there is one. */
  void delete(String name) throws IOException {
    if (isPresent()) {
      Files.deleteIfExists(path.resolve(name));
    }
  }

  /**
   * The text of a file; empty if there is none.
   *
   * @param maxBytes a larger file is refused
   */
  Optional<String> read(String name, int maxBytes) throws IOException {
    if (!isPresent()) {
      return Optional.empty();
    }
    Path file = path.resolve(name);
    try {
      requireFile(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try (InputStream bytes =
        Channels.newInputStream(
            Files.newByteChannel(
                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
      byte[] content = bytes.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw new IOException(file + " has more than " + maxBytes + " bytes");
      }
      return Optional.of(new String(content, StandardCharsets.UTF_8));
    }
  }

  private void create() throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      Files.createDirectories(parent, ownerOnly("rwx------"));
    }
    try {
      Files.createDirectory(path, ownerOnly("rwx------"));
    } catch (FileAlreadyExistsException e) {
      check();
    }
  }

  private void check() throws IOException {
    if (!posix) {
      return;
    }
    PosixFileAttributes found =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory()) {
      throw new IOException(path + " is not a directory (expected: not a symbolic link either)");
    }
    if (!OWNER_ONLY.containsAll(found.permissions())) {
      throw new IOException(
          "%s is open to others: %s (expected: rwx------)"
              .formatted(path, PosixFilePermissions.toString(found.permissions())));
    }
    requireOwn(path, found);
  }

  private void requireFile(Path file) throws IOException {
    if (!posix) {
      return;
    }
    PosixFileAttributes found =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new IOException(file + " is not a file (expected: not a symbolic link either)");
    }
    requireOwn(file, found);
  }

  private void requireOwn(Path what, PosixFileAttributes found) throws IOException {
    if (!found.owner().equals(self())) {
      throw new IOException(
          "%s belongs to %s (expected: %s)".formatted(what, found.owner(), self()));
    }
  }

  /** A user may have no name, so the owner of a new file shows who this is. */
  private UserPrincipal self() throws IOException {
    UserPrincipal known = self;
    if (known == null) {
      Path probe = Files.createTempFile(path, "owner-", ".tmp", ownerOnly("rw-------"));
      try {
        known = Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
        self = known;
      } finally {
        Files.deleteIfExists(probe);
      }
    }
    return known;
  }

  private FileAttribute<?>[] ownerOnly(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
