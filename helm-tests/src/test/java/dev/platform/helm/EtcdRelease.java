package dev.platform.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A release of the chart whose etcd runs on this machine, and the commands of {@code kubectl} and
 * {@code helm} that runbooks use. Any other command is refused.
 */
final class EtcdRelease implements Shell.Programs, AutoCloseable {

  private static final String SET = Chart.RELEASE + "-etcd";
  private static final String CLAIM = "data-" + SET + "-";
  private static final String ALL_CLAIMS =
      "-l app.kubernetes.io/instance=%s,app.kubernetes.io/component=etcd".formatted(Chart.RELEASE);

  /** Is told of upgrades. */
  interface Listener {
    void accept(Manifests manifests) throws Exception;
  }

  private final Path folder;
  private final LocalAddresses addresses;
  private final EtcdPods pods;
  private final Shell shell;
  private Chart chart;
  private Listener beforeUpgrade = manifests -> {};

  /** Installs the chart. */
  EtcdRelease(Chart chart, Path folder) throws Exception {
    this.chart = chart;
    this.folder = folder;
    this.addresses =
        new LocalAddresses(SET + "-%d." + SET + "-headless." + Chart.NAMESPACE + ".svc", 3);
    Manifests manifests = chart.render();
    Cluster.apply(manifests);
    this.pods = new EtcdPods(manifests.get("StatefulSet", SET), addresses, folder);
    this.shell = new Shell(folder, List.of("kubectl", "helm"), this);
  }

  EtcdPods pods() {
    return pods;
  }

  /** Runs the code blocks of a section of the docs. */
  void runbook(String heading) throws Exception {
    for (String block : Runbook.of(heading)) {
      shell.run(block);
    }
  }

  void run(String script) throws Exception {
    shell.run(script);
  }

  /** Writes a file into the folder that scripts run in. */
  void file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  /** Called with what an upgrade is about to apply. */
  void beforeUpgrade(Listener listener) {
    beforeUpgrade = listener;
  }

  /** {@code etcdctl} in a member's pod. */
  String etcdctl(int member, String... arguments) throws Exception {
    return pods.pod(member)
        .exec(Stream.concat(Stream.of("etcdctl"), Stream.of(arguments)).toList());
  }

  LocalAddresses addresses() {
    return addresses;
  }

  @Override
  public String run(String program, List<String> arguments) throws Exception {
    if (program.equals("helm")) {
      return helm(arguments);
    }
    String command = String.join(" ", arguments.subList(0, Math.min(3, arguments.size())));
    List<String> rest = arguments.subList(Math.min(2, arguments.size()), arguments.size());
    if (command.startsWith("exec ") && arguments.get(2).equals("--")) {
      return pods.pod(numberOf(arguments.get(1), SET + "-"))
          .exec(arguments.subList(3, arguments.size()));
    } else if (command.startsWith("create configmap")) {
      options(rest.subList(1, rest.size()))
          .forEach((key, value) -> pods.configMaps().put(rest.get(0) + "/" + key, value));
    } else if (command.startsWith("create secret generic")) {
      Cluster.addSecret(arguments.get(3), options(arguments.subList(4, arguments.size())));
    } else if (command.startsWith("delete configmap")) {
      boolean was = pods.configMaps().keySet().removeIf(key -> key.startsWith(rest.get(0) + "/"));
      require(was || rest.contains("--ignore-not-found"), rest.get(0) + ": not found");
    } else if (command.startsWith("delete pvc")) {
      deleteClaims(rest);
    } else if (command.startsWith("delete pod")) {
      pods.deletePod(numberOf(rest.get(0), SET + "-"));
    } else if (command.equals("scale statefulset " + SET)) {
      pods.scale(Integer.parseInt(arguments.get(3).replace("--replicas=", "")));
    } else if (command.equals("rollout status statefulset")) {
      pods.awaitReady();
    } else {
      throw new Shell.Refused("unknown command");
    }
    return "";
  }

  @Override
  public void close() throws Exception {
    shell.close();
    pods.close();
  }

  private void deleteClaims(List<String> arguments) throws Exception {
    boolean wait = !arguments.contains("--wait=false");
    if (String.join(" ", arguments).startsWith(ALL_CLAIMS)) {
      for (int claim : pods.claims()) {
        pods.deleteClaim(claim, wait);
      }
      return;
    }
    int claim = numberOf(arguments.get(0), CLAIM);
    require(
        pods.claims().contains(claim) || arguments.contains("--ignore-not-found"),
        arguments.get(0) + ": not found");
    pods.deleteClaim(claim, wait);
  }

  private String helm(List<String> arguments) throws Exception {
    require(
        arguments
                .subList(0, 4)
                .equals(List.of("upgrade", Chart.RELEASE, "./helm", "--reuse-values"))
            && arguments.contains("--wait"),
        "(expected: helm upgrade mall ./helm --reuse-values … --wait)");
    Chart changed = chart;
    for (int i = 4; i < arguments.size() - 1; i++) {
      if (arguments.get(i).equals("--set")) {
        changed = changed.with(yaml(arguments.get(i + 1)));
      }
    }
    Manifests manifests = changed.render();
    beforeUpgrade.accept(manifests);
    chart = changed;
    Cluster.apply(manifests);
    pods.update(manifests.get("StatefulSet", SET));
    return "upgraded\n";
  }

  /** {@code a.b=c} as YAML. */
  private static String yaml(String assignment) {
    String[] sides = assignment.split("=", 2);
    String[] keys = sides[0].split("\\.", -1);
    return "{" + String.join(": {", keys) + ": " + sides[1] + "}".repeat(keys.length);
  }

  /** The values of {@code --from-literal} and {@code --from-file}. */
  private Map<String, String> options(List<String> arguments) throws IOException, Shell.Refused {
    Map<String, String> values = new TreeMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 3);
      switch (parts[0]) {
        case "--from-literal" -> values.put(parts[1], parts[2]);
        case "--from-file" -> values.put(parts[1], Files.readString(folder.resolve(parts[2])));
        default -> throw new Shell.Refused("unknown option " + argument);
      }
    }
    return values;
  }

  private static int numberOf(String name, String prefix) throws Shell.Refused {
    require(name.matches(prefix + "[0-9]"), name + ": not found");
    return Integer.parseInt(name.substring(prefix.length()));
  }

  private static void require(boolean condition, String message) throws Shell.Refused {
    if (!condition) {
      throw new Shell.Refused(message);
    }
  }
}
