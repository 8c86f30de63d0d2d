package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.starter.test.junit.EtcdExtension;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** An app's image, built with {@code -Pimage}: an OCI image layout in a tar. */
final class OciImage {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path layout;
  private final JsonNode manifest;
  private @Nullable List<List<LayerEntry>> layers;

  private OciImage(Path layout) throws IOException {
    this.layout = layout;
    JsonNode index = JSON.readTree(layout.resolve("index.json").toFile());
    this.manifest = json(index.at("/manifests/0/digest").asText());
  }

  /**
   * Unpacks the tar. If it is missing the test is skipped, or fails with no-skips.
   *
   * @param folder below {@code target/}; its contents are deleted
   */
  static OciImage of(App app, String folder) throws IOException {
    Path tar = Path.of("..", app.id() + "-app", "target", app.id() + "-app-image.tar");
    String message = "skipped: no " + tar + "; `-Pimage` builds it";
    if (!Files.exists(tar) && Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + EtcdExtension.NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(Files.exists(tar), message);
    Path layout = Path.of("target", folder, app.id() + "-layout");
    try (InputStream in = Files.newInputStream(tar)) {
      unpack(in, layout);
    }
    return new OciImage(layout);
  }

  Path layout() {
    return layout;
  }

  JsonNode manifest() {
    return manifest;
  }

  /** The container's configuration: user, entry point, environment and so on. */
  JsonNode config() {
    return json(manifest.at("/config/digest").asText());
  }

  /** The values of a list in {@link #config()}. */
  List<String> configured(String list) {
    return StreamSupport.stream(config().at("/config/" + list).spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  /** The entries of each layer, the lowest layer first. */
  List<List<LayerEntry>> layers() throws IOException {
    if (layers == null) {
      List<List<LayerEntry>> read = new ArrayList<>();
      for (JsonNode layer : manifest.get("layers")) {
        try (InputStream in = layer(layer)) {
          read.add(entries(in));
        }
      }
      layers = read;
    }
    return layers;
  }

  /** Unpacks all layers into a new or overwritable folder. */
  void unpackLayers(Path root) throws IOException {
    for (JsonNode layer : manifest.get("layers")) {
      try (InputStream in = layer(layer)) {
        unpack(in, root);
      }
    }
  }

  Path blob(String digest) {
    return layout.resolve("blobs").resolve(digest.replace(':', '/'));
  }

  private JsonNode json(String digest) {
    try {
      return JSON.readTree(blob(digest).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private InputStream layer(JsonNode descriptor) throws IOException {
    return new GZIPInputStream(
        new BufferedInputStream(Files.newInputStream(blob(descriptor.get("digest").asText()))));
  }

  private static List<LayerEntry> entries(InputStream in) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      byte[] content = tar.readAllBytes();
      entries.add(
          new LayerEntry(
              "/" + e.getName(),
              e.isDirectory(),
              e.getMode(),
              e.getLongUserId(),
              e.getLongGroupId(),
              e.getLastModifiedTime().toInstant(),
              sha256(content),
              content.length,
              e.getName().endsWith(".jar") ? new byte[0] : content));
    }
    return entries;
  }

  private static void unpack(InputStream in, Path folder) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      Path target = folder.resolve(e.getName()).normalize();
      if (e.isDirectory()) {
        Files.createDirectories(target);
      } else {
        Files.createDirectories(target.getParent());
        Files.write(target, tar.readAllBytes());
        Files.setLastModifiedTime(target, e.getLastModifiedTime());
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
