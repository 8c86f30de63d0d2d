package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.starter.test.etcd.EtcdCluster;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A cluster of three members is upgraded one by one, under registrations and calls, from one
 * version of etcd to the next. {@code interop/run etcd} runs it; the build does not.
 */
class EtcdRollingUpgradeIT {

  /** The folders of the versions, the oldest first, separated as in a PATH. */
  private static final String VERSIONS = "platform.test.etcd.versions";

  private static final int MEMBERS = 3;

  @Test
  void noCallFailsAndNoRegistrationIsLostWhileEtcdIsUpgraded() throws Exception {
    List<Path> programs = programs();
    assertThat(programs).as("-D%s", VERSIONS).hasSizeGreaterThan(1);
    try (EtcdCluster cluster =
            EtcdCluster.builder().members(MEMBERS).program(programs.get(0)).start();
        SteadyCalls calls =
            new SteadyCalls(
                program ->
                    program.etcdEndpoints(
                        cluster.endpoints().stream().map(URI::toString).toArray(String[]::new)))) {
      calls.assertFollowed();
      List<String> versions = new ArrayList<>(List.of(cluster.version(0)));
      for (Path program : programs.subList(1, programs.size())) {
        for (int member = 0; member < MEMBERS; member++) {
          cluster.upgrade(member, program);
          calls.assertFollowed();
        }
        versions.add(cluster.version(0));
      }
      assertThat(versions).doesNotHaveDuplicates();
      System.out.printf(
          "[etcd] %s: %d calls, none failed%n", String.join(" -> ", versions), calls.answered());
    }
  }

  private static List<Path> programs() {
    return Stream.of(System.getProperty(VERSIONS, "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "etcd"))
        .toList();
  }
}
