package dev.platform.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The members of an etcd on hosts of their own, {@code etcd-1} and so on: processes of this
 * machine. Answers the commands that the docs use on such hosts, and refuses any other; paths
 * outside of a host's folder, too. Not thread-safe.
 */
final class EtcdHosts implements Shell.Programs, AutoCloseable {

  private static final int MEMBERS = 3;
  private static final String HOST = "etcd-";
  private static final String DATA = "/var/lib/etcd";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path folder;
  private final LocalAddresses addresses = new LocalAddresses(HOST + "%d", 1, MEMBERS);
  private final Map<Integer, Process> running = new HashMap<>();
  private final Shell shell;
  private int here = 1;

  /** Starts with an empty cluster. */
  EtcdHosts(Path folder) throws Exception {
    this.folder = folder;
    this.shell =
        new Shell(folder, List.of("etcdctl", "etcdutl", "systemctl", "hostname", "mv"), this);
    for (int host : hosts()) {
      Files.createDirectories(home(host));
      start(host);
    }
  }

  static List<Integer> hosts() {
    return IntStream.rangeClosed(1, MEMBERS).boxed().toList();
  }

  /** Runs a script on a host. */
  void run(int host, String script) throws Exception {
    here = host;
    shell.run(script);
  }

  /** Copies a file between hosts. */
  void copy(String file, int from, int to) throws IOException {
    Files.copy(home(from).resolve(file), home(to).resolve(file));
  }

  /** Runs {@code etcdctl} against all members. */
  String etcdctl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + endpoints()));
    command.addAll(List.of(arguments));
    return EtcdPod.run(command, Map.of());
  }

  /** Where clients reach the members, separated by commas. */
  String endpoints() {
    return hosts().stream()
        .map(host -> addresses.of("http://" + HOST + host + ":2379"))
        .collect(Collectors.joining(","));
  }

  /** The disks of all hosts fail at once. */
  void loseAllData() throws Exception {
    for (int host : hosts()) {
      running.get(host).destroyForcibly().waitFor();
      EtcdPods.deleteTree(data(host));
      Files.createDirectories(data(host));
    }
  }

  @Override
  public String run(String program, List<String> arguments) throws Exception {
    String command = program + " " + String.join(" ", arguments);
    if (command.equals("hostname ")) {
      return HOST + here + "\n";
    } else if (command.equals("systemctl stop etcd")) {
      stop(here);
    } else if (command.equals("systemctl start etcd")) {
      start(here);
    } else if (program.equals("mv") && arguments.stream().allMatch(path -> path.startsWith(DATA))) {
      Files.move(path(here, arguments.get(0)), path(here, arguments.get(1)));
    } else if (program.startsWith("etcd") && arguments.contains("snapshot")) {
      return execute(
          Stream.concat(Stream.of(program), arguments.stream())
              .map(argument -> addresses.of(argument).replace(DATA, data(here).toString()))
              .toList());
    } else {
      throw new Shell.Refused("unknown command");
    }
    return "";
  }

  @Override
  public void close() throws Exception {
    shell.close();
    for (Process process : running.values()) {
      process.destroyForcibly().waitFor();
    }
  }

  private void start(int host) throws IOException {
    String name = HOST + host;
    String clients = "http://" + name + ":2379";
    String peers = "http://" + name + ":2380";
    String cluster =
        hosts().stream()
            .map(member -> "%s%d=http://%s%d:2380".formatted(HOST, member, HOST, member))
            .collect(Collectors.joining(","));
    List<String> command =
        Stream.of(
                "etcd",
                "--name=" + name,
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=" + cluster)
            .map(addresses::of)
            .collect(Collectors.toCollection(ArrayList::new));
    command.add("--data-dir=" + data(host));
    running.put(
        host,
        EtcdPod.started(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                    ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()))));
  }

  private void stop(int host) throws InterruptedException {
    Process process = running.get(host);
    process.destroy();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("etcd did not end within " + LIMIT);
    }
  }

  private String execute(List<String> command) throws Exception {
    Process program =
        new ProcessBuilder(command)
            .directory(home(here).toFile())
            .redirectErrorStream(true)
            .start();
    program.getOutputStream().close();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (program.waitFor() != 0) {
      throw new Shell.Refused(output);
    }
    return output;
  }

  private Path home(int host) {
    return folder.resolve(HOST + host);
  }

  private Path data(int host) {
    return path(host, DATA);
  }

  private Path path(int host, String path) {
    return home(host).resolve(path.substring(path.lastIndexOf('/') + 1));
  }
}
