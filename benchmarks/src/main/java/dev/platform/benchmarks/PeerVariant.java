package dev.platform.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The peers: each is a module in {@code benchmarks/peers}, with a class path of its own. */
enum PeerVariant {
  BARE("bare", "grpc-java", "grpcjava.GrpcJavaPeer", Registry.ADDRESSES, "bare"),
  GRPC_JAVA("grpc-java", "grpc-java", "grpcjava.GrpcJavaPeer", Registry.ADDRESSES, "telemetry"),
  PLATFORM("platform", "platform", "platform.PlatformPeer", Registry.ETCD),
  PLATFORM_BOOT4("platform-boot4", "platform-boot4", "boot4.Boot4PlatformPeer", Registry.ETCD),
  NET_DEVH("net.devh", "net-devh", "netdevh.NetDevhPeer", Registry.ZOOKEEPER),
  SPRING_GRPC("spring-grpc", "spring-grpc", "springgrpc.SpringGrpcPeer", Registry.ZOOKEEPER),
  ARMERIA("armeria", "armeria", "armeria.ArmeriaPeer", Registry.ADDRESSES),
  DUBBO("dubbo", "dubbo", "dubbo.DubboPeer", Registry.ADDRESSES);

  /** How a peer's clients find its servers. */
  enum Registry {
    ADDRESSES,
    ETCD,
    ZOOKEEPER
  }

  private static final String PACKAGE = "dev.platform.benchmarks.peers.";

  private final String label;
  private final String module;
  private final String main;
  private final Registry registry;
  private final List<String> arguments;

  PeerVariant(String label, String module, String main, Registry registry, String... arguments) {
    this.label = label;
    this.module = module;
    this.main = main;
    this.registry = registry;
    this.arguments = List.of(arguments);
  }

  static PeerVariant of(String label) {
    return Arrays.stream(values())
        .filter(variant -> variant.label.equals(label))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(label + " (expected: one of " + labels() + ")"));
  }

  private static List<String> labels() {
    return Arrays.stream(values()).map(PeerVariant::label).toList();
  }

  String label() {
    return label;
  }

  Registry registry() {
    return registry;
  }

  /** The class path, the main class and the peer's own arguments. */
  List<String> command() throws IOException {
    return Stream.concat(java(module, PACKAGE + main).stream(), arguments.stream()).toList();
  }

  /** A module's class path and a main class of it. */
  static List<String> java(String module, String main) throws IOException {
    Path target = Path.of("benchmarks", "peers", module, "target");
    String libraries = Files.readString(target.resolve("classpath")).strip();
    return List.of("-cp", target.resolve("classes") + File.pathSeparator + libraries, main);
  }

  static List<String> zooKeeper() throws IOException {
    return java("zookeeper", PACKAGE + "zookeeper.ZooKeeper");
  }

  /** Reads the libraries once, so that the first start pays no more for the disk than the next. */
  void readLibraries() throws IOException {
    for (String entry : command().get(1).split(File.pathSeparator, -1)) {
      Path file = Path.of(entry);
      if (Files.isRegularFile(file)) {
        Files.readAllBytes(file);
      }
    }
  }

  @Override
  public String toString() {
    return label;
  }

  /** The variants with these labels; all of them without a label. */
  static List<PeerVariant> selected(List<String> labels) {
    return labels.isEmpty() ? List.of(values()) : labels.stream().map(PeerVariant::of).toList();
  }
}
