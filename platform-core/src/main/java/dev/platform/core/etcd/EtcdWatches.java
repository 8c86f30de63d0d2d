package dev.platform.core.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
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
 * All watches of a process on one stream to etcd. A watch never resumes by itself: when it ends for
 * any reason (a broken stream, compaction, a member without a leader, silence, a revision that went
 * backwards), its listener is notified once, and lists again. Used on the connection's thread only.
 */
public final class EtcdWatches {

  /** A silent stream is probed this often; it ends after two probes without an answer. */
  static final long PROBE_MILLIS = 10_000;

  /** {@code fragment} of etcd's API, which jetcd lacks: etcd sends large answers in parts. */
  private static final UnknownFieldSet FRAGMENT =
      UnknownFieldSet.newBuilder()
          .addField(8, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
          .build();

  private final EtcdConnection connection;
  private final Supplier<WatchStub> stub;
  private final Set<Watch> watches = new LinkedHashSet<>();
  private @Nullable Stream stream;

  EtcdWatches(EtcdConnection connection, Supplier<WatchStub> stub) {
    this.connection = connection;
    this.stub = stub;
  }

  /** Notified on the connection's thread. */
  public interface Listener {

    /** etcd has created the watch; events may follow. Called at most once. */
    default void onFollowing() {}

    /** Events of one or more revisions, in their order. */
    void onEvents(List<Event> events);

    /** The watch has ended; nothing follows. */
    void onBroken(String reason);
  }

  /** A watch that can be ended. */
  public final class Watch {

    private final ByteString key;
    private final long startRevision;
    private final Listener listener;

    private Watch(ByteString key, long startRevision, Listener listener) {
      this.key = key;
      this.startRevision = startRevision;
      this.listener = listener;
    }

    /** Ends the watch without notifying its listener. */
    public void cancel() {
      if (watches.remove(this) && stream != null) {
        stream.cancel(this);
      }
    }
  }

  /**
   * Watches the keys from {@code key} up to but without {@code rangeEnd} (empty: the one key).
   *
   * @param startRevision the first revision to watch: the one after a list's revision
   */
  public Watch watch(ByteString key, ByteString rangeEnd, long startRevision, Listener listener) {
    Watch watch = new Watch(key, startRevision, listener);
    watches.add(watch);
    if (stream == null) {
      stream = new Stream();
      stream.open();
    }
    stream.create(watch, key, rangeEnd);
    return watch;
  }

  /** Ends the stream, and with it all watches; later ones use a new stream. */
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

    /** Requested and not confirmed yet; etcd confirms creations in the order of the requests. */
    private final Deque<Watch> unconfirmed = new ArrayDeque<>();

    private final Map<Long, Watch> byId = new HashMap<>();
    private @Nullable ScheduledFuture<?> timer;
    private int misses;

    /** etcd's own proxy ignores requests for progress, so its silence after one means nothing. */
    private boolean answersProgressRequests = true;

    private @Nullable Watch probe;

    void open() {
      stub.get().watch(this);
      timer = connection.schedule(this::probe, PROBE_MILLIS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
      requests = call;
    }

    void create(Watch watch, ByteString key, ByteString rangeEnd) {
      unconfirmed.add(watch);
      send(
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder()
                      .setKey(key)
                      .setRangeEnd(rangeEnd)
                      .setStartRevision(watch.startRevision)
                      .setProgressNotify(true)
                      .setUnknownFields(FRAGMENT))
              .build());
    }

    void cancel(Watch watch) {
      if (watches.isEmpty()) {
        end("there are no more watches");
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
        Watch watch = unconfirmed.remove();
        if (watch == probe) {
          answersProgressRequests = false;
        }
        if (!watches.contains(watch) && !answer.getCanceled()) {
          cancel(answer.getWatchId());
          return;
        }
        byId.put(answer.getWatchId(), watch);
      }
      Watch watch = byId.get(answer.getWatchId());
      if (watch != null) {
        handle(watch, answer);
      }
    }

    private void handle(Watch watch, WatchResponse answer) {
      if (answer.getCanceled()) {
        byId.remove(answer.getWatchId());
        if (watches.remove(watch)) {
          canceled(watch, answer);
        }
      } else if (answer.getCreated()
          && answer.getHeader().getRevision() < watch.startRevision - 1) {
        // The member lags, or etcd was emptied since the list: the next list shows which.
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

    private void canceled(Watch watch, WatchResponse answer) {
      if (EtcdFailure.isTokenRefused(answer.getCancelReason())) {
        // The stream keeps the token that it was opened with, so it accepts no more watches.
        watches.add(watch);
        end("the token has expired");
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

    private void probe() {
      if (stream != this) {
        return;
      }
      if (++misses > 2) {
        end("etcd was silent for %d s".formatted(2 * PROBE_MILLIS / 1000));
        return;
      }
      if (misses == 1 && answersProgressRequests) {
        send(
            WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
      } else {
        watches.stream().findFirst().ifPresent(this::createProbe);
      }
      timer = connection.schedule(this::probe, PROBE_MILLIS);
    }

    /**
     * Every endpoint confirms a watch. Cancelled once it is confirmed, since it is not in {@link
     * #watches}.
     *
     * @param permitted a watch whose key this user may read
     */
    private void createProbe(Watch permitted) {
      probe = new Watch(permitted.key, 0, permitted.listener);
      create(probe, permitted.key, ByteString.EMPTY);
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
