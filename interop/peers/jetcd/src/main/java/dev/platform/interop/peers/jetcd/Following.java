package dev.platform.interop.peers.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lists a service's keys, watches them from there on, and prints the addresses. */
final class Following {

  private static final long REQUEST_SECONDS = 3;

  /** The first time, in a JVM that starts beside others. */
  private static final long START_SECONDS = 60;

  private final Client client;
  private final boolean careful;
  private final String prefix;
  private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
  private final TreeSet<String> addresses = new TreeSet<>(); // guarded by this
  private int watches; // guarded by this

  Following(Client client, boolean careful, String prefix) {
    this.client = client;
    this.careful = careful;
    this.prefix = prefix;
  }

  void start() throws ExecutionException, InterruptedException, TimeoutException {
    follow(START_SECONDS);
  }

  private void follow(long seconds)
      throws ExecutionException, InterruptedException, TimeoutException {
    GetResponse listed =
        client
            .getKVClient()
            .get(bytes(prefix), GetOption.builder().isPrefix(true).build())
            .get(seconds, TimeUnit.SECONDS);
    int watch = restart(listed.getKvs());
    WatchOption options =
        WatchOption.builder()
            .isPrefix(true)
            .withRevision(listed.getHeader().getRevision() + 1)
            .withRequireLeader(careful)
            .build();
    client
        .getWatchClient()
        .watch(
            bytes(prefix),
            options,
            Watch.listener(
                response -> apply(watch, response),
                failure -> ended(watch, failure.toString()),
                () -> ended(watch, "completed")));
  }

  private synchronized int restart(List<KeyValue> listed) {
    addresses.clear();
    listed.forEach(entry -> addresses.add(address(entry)));
    print();
    return ++watches;
  }

  private synchronized void apply(int watch, WatchResponse response) {
    if (watch != watches) {
      return;
    }
    for (WatchEvent event : response.getEvents()) {
      if (event.getEventType() == WatchEvent.EventType.DELETE) {
        addresses.remove(address(event.getKeyValue()));
      } else {
        addresses.add(address(event.getKeyValue()));
      }
    }
    print();
  }

  private synchronized void ended(int watch, String reason) {
    System.err.println("watch ended: " + reason);
    if (careful && watch == watches) {
      watches++;
      Future<?> unused = retries.schedule(this::followAgain, 1, TimeUnit.SECONDS);
    }
  }

  private void followAgain() {
    try {
      follow(REQUEST_SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("not listed: " + e);
      Future<?> unused = retries.schedule(this::followAgain, 1, TimeUnit.SECONDS);
    }
  }

  private void print() {
    JetcdPeer.printList(List.copyOf(addresses));
  }

  private String address(KeyValue entry) {
    return entry.getKey().toString(UTF_8).substring(prefix.length());
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }
}
