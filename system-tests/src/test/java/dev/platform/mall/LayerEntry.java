package dev.platform.mall;

import java.time.Instant;

/**
 * A file or folder in a layer of an image.
 *
 * @param content empty for a jar
 */
record LayerEntry(
    String path,
    boolean isFolder,
    int mode,
    long user,
    long group,
    Instant modified,
    String sha256,
    long size,
    byte[] content) {

  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS_READ = 004;

  /** Whether the entry is in the folder of this optional addition to the class path. */
  boolean isPartOf(String addition) {
    return path.matches("/app/" + addition + "/[^/]+\\.jar");
  }

  boolean isLibrary() {
    return path.matches("/app/lib/[^/]+\\.jar");
  }

  String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether only its owner may change it, and all users may read it. */
  boolean isReadOnlyForOthers() {
    return (mode & OTHERS_WRITE) == 0 && (mode & OTHERS_READ) != 0;
  }
}
