package dev.platform.mall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resources of an app after a full garbage collection.
 *
 * @param heapBytes live bytes on its heap
 * @param openCalls in-flight calls in its gRPC server
 * @param databaseConnections connections in use
 */
record ResourceUsage(
    long threads, long openFiles, long heapBytes, int openCalls, int databaseConnections) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  static ResourceUsage of(AppProcess app) throws IOException, InterruptedException {
    LinuxProcess linux = app.linux();
    int calls = 0;
    for (JsonNode open : app.platform().path("openCalls")) {
      calls += open.intValue();
    }
    String connections = app.get("/actuator/metrics/hikaricp.connections.active").body();
    return new ResourceUsage(
        linux.threads(),
        linux.openFiles(),
        heap(linux.pid()),
        calls,
        JSON.readTree(connections).at("/measurements/0/value").intValue());
  }

  private static long heap(long pid) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IllegalStateException("no histogram: " + histogram);
    }
    return Long.parseLong(total.group(1));
  }

  @Override
  public String toString() {
    return "%d threads, %d files and connections, %d KiB of heap, %d calls, %d database connections"
        .formatted(threads, openFiles, heapBytes / 1024, openCalls, databaseConnections);
  }
}
