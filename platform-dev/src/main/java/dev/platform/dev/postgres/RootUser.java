package dev.platform.dev.postgres;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts PostgreSQL, which refuses to run as root, for a root that may not create user namespaces,
 * as in most containers. The programs are then replaced by scripts that continue as another user,
 * who may still read the folders of root.
 */
final class RootUser {

  /** Those that the library starts; PostgreSQL's other programs are started by these. */
  private static final List<String> PROGRAMS = List.of("initdb", "pg_ctl");

  private static final String ORIGINAL = ".postgres";

  /** User and group "nobody" of most systems. They need no entry in /etc/passwd. */
  private static final String OTHER_USER =
      "setpriv --reuid=65534 --regid=65534 --clear-groups"
          + " --inh-caps=+dac_override --ambient-caps=+dac_override --";

  private static final String SCRIPT =
      """
      #!/bin/sh
      # PostgreSQL refuses to run as root. Written by platform-dev.
      if [ "$(id -u)" != 0 ]; then
        exec "$0%1$s" "$@"
      fi
      previous=
      for argument; do
        if [ "$previous" = -D ]; then
          chown -R 65534:65534 "$argument" || exit 1
        fi
        previous=$argument
      done
      exec %2$s "$0%1$s" "$@"
      """
          .formatted(ORIGINAL, OTHER_USER);

  private static final long CHECK_SECONDS = 10;

  private RootUser() {}

  /** Whether this process is root and the library has no way around PostgreSQL's refusal. */
  static boolean isRefused() throws IOException {
    return Files.exists(Path.of("/proc/self"))
        && Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        && !LinuxUtils.isUnshareAvailable();
  }

  /**
   * Checks that a program can be started as another user.
   *
   * @throws IllegalStateException when it can't
   */
  static void checkMachine() throws IOException {
    if (!succeeds(OTHER_USER + " true")) {
      throw new IllegalStateException(
          "PostgreSQL does not run as root. This machine has neither user namespaces (unshare -U)"
              + " nor setpriv with the capabilities SETUID, SETGID and DAC_OVERRIDE: run as another"
              + " user, or set spring.datasource.url");
    }
  }

  /**
   * Replaces the programs in all versions that are in the folder, unless that was done before.
   *
   * @return whether there were any
   */
  static boolean wrapPrograms(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    boolean found = false;
    try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder, "PG-*")) {
      for (Path version : versions) {
        for (String program : PROGRAMS) {
          Path path = version.resolve("bin").resolve(program);
          if (Files.exists(path)) {
            wrap(path);
            found = true;
          }
        }
      }
    }
    return found;
  }

  /**
   * Safe beside other processes that do the same: the link to the original is only created once,
   * before any script.
   */
  private static void wrap(Path program) throws IOException {
    Path original = program.resolveSibling(program.getFileName() + ORIGINAL);
    try {
      Files.createLink(original, program);
    } catch (FileAlreadyExistsException before) {
      if (!Files.isSameFile(original, program)) {
        return;
      }
    }
    Path script =
        Files.createTempFile(
            program.getParent(),
            "script",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(script, SCRIPT);
    Files.move(script, program, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean succeeds(String command) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.destroyForcibly();
    }
  }
}
