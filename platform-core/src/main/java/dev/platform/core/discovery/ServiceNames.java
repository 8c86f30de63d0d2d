package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdRange;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.KeyValue;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of all services in etcd. Reads keys page by page, and only the first page of a service:
 * the time does not depend on how many instances it has. Simultaneous requests share one read.
 * Thread-safe, never blocks.
 */
final class ServiceNames {

  private static final Logger log = LoggerFactory.getLogger(ServiceNames.class);
  private static final int PAGE = 1000;

  /** So many names are listed. */
  static final int MAX_NAMES = 10_000;

  /** So many pages are read, whatever is in them. */
  private static final int MAX_PAGES = 100;

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private @Nullable CompletableFuture<List<String>> reading; // guarded by this
  private volatile List<String> lastKnown = List.of();
  private volatile boolean warned;

  ServiceNames(EtcdConnection connection, InstanceCodec codec) {
    this.connection = connection;
    this.codec = codec;
  }

  /** The names in their order; the last known ones while etcd is unavailable. */
  CompletableFuture<List<String>> read() {
    CompletableFuture<List<String>> names;
    synchronized (this) {
      if (reading != null) {
        return reading.copy();
      }
      names = new CompletableFuture<>();
      reading = names;
    }
    KeyRange range = KeyRange.prefix(codec.root());
    connection.execute(() -> EtcdRange.read(connection, range, true, PAGE, new Names()));
    return names.copy();
  }

  private void finish() {
    CompletableFuture<List<String>> finished;
    synchronized (this) {
      finished = reading;
      reading = null;
    }
    if (finished != null) {
      finished.complete(lastKnown);
    }
  }

  private void cutOff() {
    if (!warned) {
      warned = true;
      log.warn(
          "There is too much below {} in etcd: only the first {} names of services are listed",
          codec.root(),
          MAX_NAMES);
    }
  }

  private final class Names implements EtcdRange.Reader {

    private final Set<String> names = new LinkedHashSet<>();
    private int pages;

    @Override
    public @Nullable ByteString page(List<KeyValue> page) {
      for (String key : ListedValues.readable(page)) {
        if (names.size() < MAX_NAMES) {
          codec.serviceOf(key).ifPresent(names::add);
        }
      }
      if (names.size() >= MAX_NAMES || ++pages >= MAX_PAGES) {
        cutOff();
        return null;
      }
      return next(page);
    }

    /** Behind the last key's service, whose other keys have the same name. */
    private ByteString next(List<KeyValue> page) {
      ByteString last = page.get(page.size() - 1).getKey();
      Optional<String> service =
          ListedValues.isReadable(last) ? codec.serviceOf(last.toStringUtf8()) : Optional.empty();
      return service
          .map(name -> KeyRange.prefix(codec.prefix(name)).end())
          .orElseGet(() -> EtcdRange.after(page));
    }

    @Override
    public void done(long revision) {
      lastKnown = List.copyOf(names);
      finish();
    }

    @Override
    public void failed(Status failure) {
      finish();
    }
  }
}
