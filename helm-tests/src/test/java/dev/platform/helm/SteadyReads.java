package dev.platform.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads a key again and again with {@code etcdctl}, as a client that knows all members, by each
 * scheme that must work at the time. Reads are linearizable: they need a majority.
 */
final class SteadyReads implements AutoCloseable {

  private static final String CLIENT_SECRET = "mall-etcd-client-tls";

  private final LocalAddresses addresses;
  private final Path folder;
  private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
  private final List<String> failures = new ArrayList<>();
  // confined to the reader
  private Set<String> schemes;
  private int reads;

  SteadyReads(LocalAddresses addresses, Path folder, Set<String> schemes) {
    this.addresses = addresses;
    this.folder = folder;
    this.schemes = schemes;
    Future<?> unused = reader.scheduleWithFixedDelay(this::read, 0, 200, TimeUnit.MILLISECONDS);
  }

  /** From the return on, only these are used. */
  void use(Set<String> now) throws Exception {
    reader.submit(() -> schemes = now).get();
  }

  /** The failures up to now, after at least one read by each scheme of now. */
  List<String> failures() throws Exception {
    return reader
        .submit(
            () -> {
              read();
              return List.copyOf(failures);
            })
        .get();
  }

  int reads() throws Exception {
    return reader.submit(() -> reads).get();
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }

  /** Reads by one scheme, and fails if that does not work. */
  static String get(LocalAddresses addresses, Path folder, String scheme, String... more)
      throws IOException, InterruptedException, Shell.Refused {
    List<String> command = new ArrayList<>(List.of("etcdctl"));
    command.add(
        IntStream.range(0, 3)
            .mapToObj(
                member ->
                    scheme
                        + "://127.0.0.1:"
                        + addresses.port(member, scheme.equals("https") ? 2378 : 2379))
            .collect(Collectors.joining(",", "--endpoints=", "")));
    if (scheme.equals("https")) {
      for (Map.Entry<String, String> file : Cluster.secret(CLIENT_SECRET).entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
      command.add("--cacert=" + folder.resolve("ca.crt"));
      command.add("--cert=" + folder.resolve("tls.crt"));
      command.add("--key=" + folder.resolve("tls.key"));
    }
    command.addAll(List.of(more));
    return EtcdPod.run(command, Map.of());
  }

  private void read() {
    for (String scheme : schemes) {
      try {
        get(addresses, folder, scheme, "get", "/services/probe");
        reads++;
      } catch (Shell.Refused | IOException failed) {
        failures.add(scheme + ": " + failed.getMessage());
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
