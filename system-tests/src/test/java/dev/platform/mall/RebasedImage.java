package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Puts a layer below those of an image without a base; all else is unchanged. */
final class RebasedImage {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RebasedImage() {}

  /**
   * Writes the new image as a tar, which container engines load.
   *
   * @param base the tar of a layer
   */
  static void write(OciImage image, Path base, String name, Path tar) throws IOException {
    byte[] layer = Files.readAllBytes(base);
    String layerDigest = put(image, zipped(layer));
    ObjectNode config = image.config().deepCopy();
    ((ArrayNode) config.at("/rootfs/diff_ids")).insert(0, "sha256:" + OciImage.sha256(layer));
    ((ArrayNode) config.get("history")).insert(0, JSON.createObjectNode().put("comment", "base"));
    ((ArrayNode) config.at("/config/Env")).add("PATH=" + BaseLayer.PATH);
    ObjectNode manifest = image.manifest().deepCopy();
    ((ArrayNode) manifest.get("layers"))
        .insert(0, descriptor(image, "application/vnd.oci.image.layer.v1.tar+gzip", layerDigest));
    manifest.set(
        "config",
        descriptor(
            image,
            "application/vnd.oci.image.config.v1+json",
            put(image, JSON.writeValueAsBytes(config))));
    ObjectNode top =
        descriptor(
            image,
            "application/vnd.oci.image.manifest.v1+json",
            put(image, JSON.writeValueAsBytes(manifest)));
    top.set("annotations", JSON.valueToTree(Map.of("org.opencontainers.image.ref.name", name)));
    Path index = image.layout().resolve("index.json");
    JSON.writeValue(
        index.toFile(),
        JSON.createObjectNode()
            .put("schemaVersion", 2)
            .set("manifests", JSON.createArrayNode().add(top)));
    pack(image.layout(), manifest, top, tar);
  }

  private static ObjectNode descriptor(OciImage image, String type, String digest)
      throws IOException {
    return JSON.createObjectNode()
        .put("mediaType", type)
        .put("digest", digest)
        .put("size", Files.size(image.blob(digest)));
  }

  private static String put(OciImage image, byte[] content) throws IOException {
    String digest = "sha256:" + OciImage.sha256(content);
    Files.write(image.blob(digest), content);
    return digest;
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(content);
    }
    return bytes.toByteArray();
  }

  private static void pack(Path layout, JsonNode manifest, JsonNode top, Path tar)
      throws IOException {
    List<String> layers = manifest.get("layers").findValuesAsText("digest");
    List<String> digests =
        Stream.concat(
                layers.stream(),
                Stream.of(manifest.at("/config/digest").asText(), top.get("digest").asText()))
            .toList();
    try (OutputStream out = Files.newOutputStream(tar);
        TarArchiveOutputStream to = new TarArchiveOutputStream(out)) {
      add(to, layout, Path.of("oci-layout"));
      add(to, layout, Path.of("index.json"));
      for (String digest : digests) {
        add(to, layout, Path.of("blobs", "sha256", digest.substring("sha256:".length())));
      }
    }
  }

  private static void add(TarArchiveOutputStream to, Path layout, Path file) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(file.toString());
    entry.setSize(Files.size(layout.resolve(file)));
    to.putArchiveEntry(entry);
    Files.copy(layout.resolve(file), to);
    to.closeArchiveEntry();
  }
}
