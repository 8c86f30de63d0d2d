package dev.platform.core.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc.WatchStub;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All watches of a process on one stream to etcd. A watch never resumes by itself: whatever ends it
 * (a broken stream, compaction, a member without a leader, silence, a revision that went backwards)
 * is told once as broken, and its owner lists again. Used on the connection's thread only.
 */
public final class EtcdWatches {

  /** A quiet stream is asked for a sign of life this often, and given up after two misses. */
  static final long PROGRESS_MILLIS = 10_000;

  private final EtcdConnection connection;
  private final Supplier<WatchStub> stub;
  private final Set<Watch> watches = new LinkedHashSet<>();
  private @Nullable Stream stream;

  EtcdWatches(EtcdConnection connection, Supplier<WatchStub> stub) {
    this.connection = connection;
    this.stub = stub;
  }

  /** What a watch tells its owner, on the connection's thread. */
  public interface Listener {

    /** etcd has taken the watch; events may follow from here on. Told once at most. */
    default void onFollowing() {}

    /** What happened, at one or more revisions, in their order. */
    void onEvents(List<Event> events);

    /** The watch has ended; nothing follows. */
    void onBroken(String reason);
  }

  /** A watch that can be ended. */
  public final class Watch {

    private final long startRevision;
    private final Listener listener;

    private Watch(long startRevision, Listener listener) {
      this.startRevision = startRevision;
      this.listener = listener;
    }

    /** Ends the watch without a word to its listener. */
    public void cancel() {
      if (watches.remove(this) && stream != null) {
        stream.cancel(this);
      }
    }
  }

  /**
   * Watches the keys from {@code key} up to but without {@code rangeEnd} (empty: the one key).
   *
   * @param startRevision the first revision to tell of: the one after a list's revision
   */
  public Watch watch(ByteString key, ByteString rangeEnd, long startRevision, Listener listener) {
    Watch watch = new Watch(startRevision, listener);
    watches.add(watch);
    if (stream == null) {
      stream = new Stream();
      stream.open();
    }
    stream.create(watch, key, rangeEnd);
    return watch;
  }

  /** Ends the stream, and with it all watches; those that follow come on a new one. */
  void restart(String reason) {
    if (stream != null) {
      stream.end(reason);
    }
  }

  /** How many watches there are. */
  public int size() {
    return watches.size();
  }

  private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {

    private @Nullable ClientCallStreamObserver<WatchRequest> requests;

    /** Asked for, in this order; etcd confirms creations in the order that they were asked for. */
    private final Deque<Watch> created = new ArrayDeque<>();

    private final Map<Long, Watch> byId = new HashMap<>();
    private @Nullable ScheduledFuture<?> timer;
    private int misses;

    void open() {
      stub.get().watch(this);
      timer = connection.schedule(this::checkProgress, PROGRESS_MILLIS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
      requests = call;
    }

    void create(Watch watch, ByteString key, ByteString rangeEnd) {
      created.add(watch);
      send(
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder()
                      .setKey(key)
                      .setRangeEnd(rangeEnd)
                      .setStartRevision(watch.startRevision)
                      .setProgressNotify(true))
              .build());
    }

    void cancel(Watch watch) {
      if (watches.isEmpty()) {
        end("no watch is left");
        return;
      }
      byId.entrySet().stream()
          .filter(entry -> entry.getValue() == watch)
          .map(Map.Entry::getKey)
          .findFirst()
          .ifPresent(this::cancel);
    }

    private void cancel(long id) {
      byId.remove(id);
      send(
          WatchRequest.newBuilder()
              .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
              .build());
    }

    private void send(WatchRequest request) {
      if (requests != null) {
        requests.onNext(request);
      }
    }

    @Override
    public void onNext(WatchResponse answer) {
      if (stream != this) {
        return;
      }
      misses = 0;
      if (answer.getCreated()) {
        Watch watch = created.remove();
        if (!watches.contains(watch) && !answer.getCanceled()) {
          cancel(answer.getWatchId());
          return;
        }
        byId.put(answer.getWatchId(), watch);
      }
      Watch watch = byId.get(answer.getWatchId());
      if (watch != null) {
        take(watch, answer);
      }
    }

    private void take(Watch watch, WatchResponse answer) {
      if (answer.getCanceled()) {
        byId.remove(answer.getWatchId());
        if (watches.remove(watch)) {
          tellBroken(watch, answer);
        }
      } else if (answer.getCreated()
          && answer.getHeader().getRevision() < watch.startRevision - 1) {
        // A member that lags, or etcd was emptied since the list: the next list tells which.
        watch.cancel();
        watch.listener.onBroken(
            "this member is at revision %d, the list at %d"
                .formatted(answer.getHeader().getRevision(), watch.startRevision - 1));
      } else {
        if (answer.getCreated()) {
          watch.listener.onFollowing();
        }
        if (answer.getEventsCount() > 0) {
          watch.listener.onEvents(answer.getEventsList());
        }
      }
    }

    private void tellBroken(Watch watch, WatchResponse answer) {
      if (EtcdFailure.isTokenRefused(answer.getCancelReason())) {
        // The stream keeps the token that it was opened with, so no watch can be added to it.
        watches.add(watch);
        end("the token has run out");
        return;
      }
      watch.listener.onBroken(
          answer.getCompactRevision() > 0
              ? "compacted up to revision " + answer.getCompactRevision()
              : "canceled: " + answer.getCancelReason());
    }

    @Override
    public void onError(Throwable failure) {
      end(EtcdFailure.explain(Status.fromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
      end("etcd ended the stream");
    }

    private void checkProgress() {
      if (stream != this) {
        return;
      }
      if (++misses > 2) {
        end("etcd was silent for %d s".formatted(2 * PROGRESS_MILLIS / 1000));
        return;
      }
      send(
          WatchRequest.newBuilder()
              .setProgressRequest(WatchProgressRequest.getDefaultInstance())
              .build());
      timer = connection.schedule(this::checkProgress, PROGRESS_MILLIS);
    }

    private void end(String reason) {
      if (stream != this) {
        return;
      }
      stream = null;
      if (timer != null) {
        timer.cancel(false);
      }
      if (requests != null) {
        requests.cancel(reason, null);
      }
      List<Watch> broken = List.copyOf(watches);
      watches.clear();
      broken.forEach(watch -> watch.listener.onBroken(reason));
    }
  }
}
