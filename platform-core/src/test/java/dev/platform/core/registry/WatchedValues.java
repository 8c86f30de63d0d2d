package dev.platform.core.registry;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWatches;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.RangeRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Records a key's changes. */
final class WatchedValues implements EtcdWatches.Listener {

  private final List<String> seen;

  private WatchedValues(List<String> seen) {
    this.seen = seen;
  }

  static void of(EtcdConnection connection, String key, List<String> seen) throws Exception {
    CompletableFuture<Long> revision = new CompletableFuture<>();
    connection.then(
        connection.kv().range(RangeRequest.newBuilder().setKey(KeyTransactions.bytes(key)).build()),
        answer -> revision.complete(answer.getHeader().getRevision()),
        failure -> revision.completeExceptionally(failure.asException()));
    long start = revision.get() + 1;
    connection.execute(
        () ->
            connection
                .watches()
                .watch(
                    KeyTransactions.bytes(key), ByteString.EMPTY, start, new WatchedValues(seen)));
  }

  @Override
  public void onEvents(List<Event> events) {
    events.forEach(
        event ->
            seen.add(
                event.getType() == Event.EventType.DELETE
                    ? "(deleted)"
                    : event.getKv().getValue().toStringUtf8()));
  }

  @Override
  public void onBroken(String reason) {
    seen.add(reason);
  }
}
