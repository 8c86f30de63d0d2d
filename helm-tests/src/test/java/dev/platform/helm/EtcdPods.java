package dev.platform.helm;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What Kubernetes does for the chart's etcd: a StatefulSet whose pods are {@link EtcdPod}s, claims
 * that are folders, and a rolling update that goes on when a pod is ready. Not thread-safe.
 */
final class EtcdPods implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path folder;
  private final LocalAddresses addresses;
  private final Map<String, String> configMaps = new HashMap<>();
  private final Map<Integer, EtcdPod> pods = new TreeMap<>();
  private final Set<Integer> terminatingClaims = new HashSet<>();
  private Manifest set;

  /**
   * @param set the StatefulSet; its pods start at once
   */
  EtcdPods(Manifest set, LocalAddresses addresses, Path folder) throws Exception {
    this.set = set;
    this.addresses = addresses;
    this.folder = folder;
    scale((Integer) set.at("spec", "replicas"));
    awaitReady();
  }

  /** A new revision: its pods replace the old ones one by one, the last one first. */
  void update(Manifest revision) throws Exception {
    boolean same = revision.at("spec", "template").equals(set.at("spec", "template"));
    set = revision;
    if (!same) {
      for (int number = pods.size() - 1; number >= 0; number--) {
        deletePod(number);
        awaitReady();
      }
    }
  }

  void scale(int replicas) throws Exception {
    for (int number = pods.size() - 1; number >= replicas; number--) {
      stop(number);
    }
    for (int number = pods.size(); number < replicas; number++) {
      start(number);
    }
  }

  /** Returns when the pod has ended; by then there is another one. */
  void deletePod(int number) throws Exception {
    stop(number);
    start(number);
  }

  /** Whether a claim that a pod uses is only marked: it goes with the pod. */
  void deleteClaim(int number, boolean wait) throws IOException, Shell.Refused {
    if (!pods.containsKey(number)) {
      deleteTree(claim(number));
    } else if (wait) {
      throw new Shell.Refused("a pod uses the claim, so that kubectl would wait for ever");
    } else {
      terminatingClaims.add(number);
    }
  }

  Set<Integer> claims() throws IOException {
    Set<Integer> claims = new HashSet<>();
    for (int number = 0; number < 9; number++) {
      if (Files.exists(claim(number))) {
        claims.add(number);
      }
    }
    return claims;
  }

  /** The disk fails: the pod crashes, and is started again on an empty volume. */
  void loseVolume(int number) throws Exception {
    pods.get(number).kill();
    deleteTree(claim(number));
    Files.createDirectories(claim(number));
    pods.get(number).start();
  }

  EtcdPod pod(int number) throws Shell.Refused {
    if (!pods.containsKey(number)) {
      throw new Shell.Refused("pod %d: not found".formatted(number));
    }
    return pods.get(number);
  }

  Map<String, String> configMaps() {
    return configMaps;
  }

  /** As {@code kubectl rollout status}. */
  void awaitReady() throws Exception {
    try {
      await("every pod is ready")
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> pods.values().stream().allMatch(this::isReadyOrRestarted));
    } catch (ConditionTimeoutException e) {
      StringBuilder logs = new StringBuilder(String.valueOf(e.getMessage()));
      for (Map.Entry<Integer, EtcdPod> pod : pods.entrySet()) {
        logs.append("\n").append(pod.getKey()).append(":\n").append(pod.getValue().log());
      }
      throw new Shell.Refused(logs.toString());
    }
  }

  @Override
  public void close() throws Exception {
    for (EtcdPod pod : pods.values()) {
      pod.kill();
    }
  }

  private boolean isReadyOrRestarted(EtcdPod pod) {
    if (!pod.isAlive()) {
      try {
        pod.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return pod.isReady();
  }

  private void start(int number) throws IOException {
    Path claim = Files.createDirectories(claim(number));
    EtcdPod pod = new EtcdPod(set, number, addresses, configMaps, claim, folder);
    pods.put(number, pod);
    pod.start();
  }

  private void stop(int number) throws Exception {
    EtcdPod pod = pods.remove(number);
    if (pod.isAlive()) {
      pod.stop();
    }
    if (terminatingClaims.remove(number)) {
      deleteTree(claim(number));
    }
  }

  private Path claim(int number) {
    return folder.resolve("claims").resolve("data-" + number);
  }

  static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> paths;
      try (Stream<Path> found = Files.walk(folder)) {
        paths = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        Files.delete(path);
      }
    }
  }
}
