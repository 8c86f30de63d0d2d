package dev.platform.core.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc.KVFutureStub;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of keys page by page, all at the revision of the first page, so that neither a
 * service with many instances nor one with huge values needs more memory than a page at a time. On
 * the connection's thread.
 */
public final class EtcdRange {

  /** Even of values as large as etcd takes, 1.5 MiB each, one answer can have so many. */
  private static final int FIRST_PAGE = 32;

  private static final int LARGE_PAGE_BYTES = 8 << 20;
  private static final ByteString NEXT = ByteString.copyFrom(new byte[] {0});

  private final EtcdConnection connection;
  private final Supplier<KVFutureStub> kv;
  private final ByteString end;
  private final boolean keysOnly;
  private final Reader reader;
  private ByteString from;
  private final int maxPageSize;
  private int pageSize;
  private long revision;

  /** Receives the pages. All methods are called on the connection's thread. */
  public interface Reader {

    /**
     * One page, in the order of keys.
     *
     * @return the key from which to read on, such as {@link EtcdRange#after}; null to stop
     */
    @Nullable ByteString page(List<KeyValue> page);

    /** There are no more pages, or the reader has stopped. */
    void done(long revision);

    /** A page could not be read; also if etcd has compacted the revision meanwhile. */
    void failed(Status failure);
  }

  private EtcdRange(
      EtcdConnection connection,
      Supplier<KVFutureStub> kv,
      KeyRange range,
      boolean keysOnly,
      int pageSize,
      Reader reader) {
    this.connection = connection;
    this.kv = kv;
    this.from = range.key();
    this.end = range.end();
    this.keysOnly = keysOnly;
    this.maxPageSize = pageSize;
    this.pageSize = Math.min(pageSize, FIRST_PAGE);
    this.reader = reader;
  }

  /**
   * Starts to read.
   *
   * @param pageSize the number of keys of a page; the first one is smaller, and all are where
   *     values are so large that a page has more than 8 MiB
   */
  public static void read(
      EtcdConnection connection, KeyRange range, boolean keysOnly, int pageSize, Reader reader) {
    new EtcdRange(connection, connection::kv, range, keysOnly, pageSize, reader).request();
  }

  /**
   * The same with values, of keys that can be {@linkplain EtcdConnection#optionalKv done without}.
   */
  public static void readOptional(
      EtcdConnection connection, KeyRange range, int pageSize, Reader reader) {
    new EtcdRange(connection, connection::optionalKv, range, false, pageSize, reader).request();
  }

  /** The first possible key after this page. */
  public static ByteString after(List<KeyValue> page) {
    return page.get(page.size() - 1).getKey().concat(NEXT);
  }

  private void request() {
    RangeRequest page =
        RangeRequest.newBuilder()
            .setKey(from)
            .setRangeEnd(end)
            .setKeysOnly(keysOnly)
            .setLimit(pageSize)
            .setRevision(revision)
            .build();
    connection.hedge(() -> kv.get().range(page), this::answered, this::failed);
  }

  private void answered(RangeResponse answer) {
    if (revision == 0) {
      revision = answer.getHeader().getRevision();
    }
    ByteString next = answer.getKvsCount() == 0 ? null : reader.page(answer.getKvsList());
    if (next == null || !answer.getMore()) {
      reader.done(revision);
    } else {
      from = next;
      pageSize = nextPageSize(answer.getSerializedSize());
      request();
    }
  }

  private int nextPageSize(long bytes) {
    if (bytes > LARGE_PAGE_BYTES) {
      return Math.max(1, pageSize / 8);
    }
    return bytes * 8 > LARGE_PAGE_BYTES ? pageSize : Math.min(maxPageSize, pageSize * 8);
  }

  private void failed(Status failure) {
    boolean tooLarge =
        failure.getCode() == Code.RESOURCE_EXHAUSTED && EtcdFailure.isTooLarge(failure);
    if (tooLarge && pageSize > 1) {
      pageSize = Math.max(1, pageSize / 8);
      request();
    } else {
      reader.failed(failure);
    }
  }
}
