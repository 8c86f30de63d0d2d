package dev.platform.interop.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of etcd that is put to the test.
 *
 * @param name in the table
 * @param id in names of services and files
 * @param command what starts it; followed by the role's arguments
 * @param bareValues whether the values of its keys are bare addresses, not JSON
 */
record Subject(String name, String id, List<String> command, boolean bareValues) {

  private static final List<String> JVM_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx96m");

  /** All, ours first. The others must be built. */
  static List<Subject> all(Path interop) throws IOException {
    String jetcd = jetcdClassPath(interop.resolve("peers/jetcd/target"));
    String go = interop.resolve("go/bin/peer").toString();
    return List.of(
        new Subject(
            "platform-core",
            "platform",
            java(System.getProperty("java.class.path"), PlatformPeer.class.getName()),
            false),
        new Subject("jetcd", "jetcd", jetcd(jetcd, "plain"), false),
        new Subject("careful jetcd", "jetcd-careful", jetcd(jetcd, "careful"), false),
        new Subject("Go naming", "go-etcd", List.of(go, "etcd"), false),
        new Subject("careful Go naming", "go-etcd-kept", List.of(go, "etcd-kept"), false),
        new Subject("Go by hand", "go-by-hand", List.of(go, "by-hand"), true));
  }

  /** The value under which an instance is found. */
  String value(String address) {
    return bareValues ? address : "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{}}".formatted(address);
  }

  /** The value of an instance that is about to leave, for readers that know the mark. */
  String leavingValue(String address) {
    return bareValues
        ? address
        : "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{\"status\":\"OUT_OF_SERVICE\"}}"
            .formatted(address);
  }

  private static List<String> jetcd(String classPath, String style) {
    List<String> command =
        new ArrayList<>(java(classPath, "dev.platform.interop.peers.jetcd.JetcdPeer"));
    command.add(style);
    return List.copyOf(command);
  }

  private static List<String> java(String classPath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", classPath, main));
    return List.copyOf(command);
  }

  private static String jetcdClassPath(Path target) throws IOException {
    return target.resolve("classes")
        + File.pathSeparator
        + Files.readString(target.resolve("classpath")).strip();
  }
}
