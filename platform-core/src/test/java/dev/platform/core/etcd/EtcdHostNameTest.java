package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.etcd.jetcd.api.RangeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own, whose names are in a file. */
class EtcdHostNameTest {

  @TempDir Path temp;

  @Test
  void reachesAnEtcdWhoseNameHasAnUnderscore() throws Exception {
    Path names = Files.writeString(temp.resolve("hosts"), "127.0.0.1 etcd_1\n");
    try (EmbeddedEtcd etcd = EmbeddedEtcd.builder().build()) {
      etcd.start();
      etcd.put("k", "the value");
      assertThat(read(names, "http://etcd_1:" + etcd.port())).contains("read: the value");
    }
  }

  private String read(Path names, String endpoint) throws IOException, InterruptedException {
    Path output = temp.resolve("output");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.net.hosts.file=" + names,
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                endpoint)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = jvm.waitFor(60, TimeUnit.SECONDS);
    jvm.destroyForcibly().waitFor();
    assertThat(ended).isTrue();
    return Files.readString(output);
  }

  /** Prints the value of one key. */
  static final class Reader {

    private Reader() {}

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
      try (EtcdConnection connection =
          EtcdConnection.builder(
                  TestConnections.settings(List.of(arguments[0]), Duration.ofSeconds(30)))
              .open()) {
        var answer =
            connection
                .kv()
                .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build())
                .get();
        System.out.println("read: " + answer.getKvs(0).getValue().toStringUtf8());
      }
    }
  }
}
