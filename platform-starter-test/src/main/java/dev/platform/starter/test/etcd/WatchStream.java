package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One watch stream with its watchers. Each reads the store's log at its own pace and only while the
 * client accepts answers, so a slow client costs no memory and delays no other; a watcher that
 * falls behind a compaction is cancelled, as in etcd.
 *
 * <p>Thread-safe: all state is guarded by this.
 */
final class WatchStream implements StreamObserver<WatchRequest> {

  private static final int REVISIONS_AT_ONCE = 1000;
  private static final long BROADCAST_ID = -1;

  private final ServerCallStreamObserver<WatchResponse> client;
  private final WatchHub hub;
  private final EtcdState state;
  private final Member member;
  private final Access.Caller caller;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Map<Long, Watcher> watchers = new LinkedHashMap<>();
  private long nextId;
  private boolean progressAsked;
  private boolean closed;

  WatchStream(
      ServerCallStreamObserver<WatchResponse> client,
      WatchHub hub,
      EtcdState state,
      Member member,
      Access.Caller caller) {
    this.client = client;
    this.hub = hub;
    this.state = state;
    this.member = member;
    this.caller = caller;
  }

  /** Signals that there may be something to send. Never blocks. */
  void wake() {
    if (scheduled.compareAndSet(false, true)) {
      hub.execute(this::send);
    }
  }

  @Override
  public synchronized void onNext(WatchRequest request) {
    switch (request.getRequestUnionCase()) {
      case CREATE_REQUEST -> create(request.getCreateRequest());
      case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
      case PROGRESS_REQUEST -> progressAsked = true;
      case REQUESTUNION_NOT_SET -> {}
    }
    wake();
  }

  @Override
  public void onError(Throwable cancelled) {
    close();
  }

  /** A client that has half-closed may still receive events. */
  @Override
  public void onCompleted() {}

  synchronized void close() {
    closed = true;
    watchers.clear();
    hub.remove(this);
  }

  /** Sends progress to the watchers that asked for it and have been quiet for long. */
  synchronized void reportProgress(long nowNanos, long intervalNanos) {
    long revision = state.revision();
    for (Watcher watcher : watchers.values()) {
      if (watcher.isProgressDue(nowNanos, intervalNanos) && watcher.nextRevision() > revision) {
        watcher.answered(nowNanos);
        client.onNext(answer(watcher.id(), revision).build());
      }
    }
  }

  private void create(WatchCreateRequest request) {
    long revision = state.revision();
    long wantedId = WireFields.varint(request, WireFields.WATCH_ID);
    ByteString key = request.getKey().isEmpty() ? KeyRange.all().key() : request.getKey();
    KeyRange range = new KeyRange(key, request.getRangeEnd());
    Optional<EtcdError> refusal = caller.refusal(List.of(range));
    if (refusal.isPresent()) {
      refuse(refusal.get().printed(), revision);
    } else if (range.isEmpty()) {
      refuse("mvcc: watcher range is empty", revision);
    } else if (wantedId != 0 && watchers.containsKey(wantedId)) {
      refuse("mvcc: duplicate watch ID provided on the WatchStream", revision);
    } else {
      long id = wantedId == 0 ? freeId() : wantedId;
      long asked = request.getStartRevision();
      long start = asked == 0 ? revision + 1 : Math.max(asked, 1);
      watchers.put(id, new Watcher(id, range, request, start, hub.nanos()));
      client.onNext(answer(id, revision).setCreated(true).build());
    }
  }

  private void refuse(String reason, long revision) {
    client.onNext(
        answer(-1, revision).setCreated(true).setCanceled(true).setCancelReason(reason).build());
  }

  private void cancel(long id) {
    if (watchers.remove(id) != null) {
      client.onNext(answer(id, state.revision()).setCanceled(true).build());
    }
  }

  private long freeId() {
    while (watchers.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }

  private void send() {
    scheduled.set(false);
    synchronized (this) {
      boolean more = true;
      while (more && !closed && client.isReady()) {
        more = false;
        for (Watcher watcher : List.copyOf(watchers.values())) {
          more |= client.isReady() && sendNext(watcher);
        }
      }
      if (progressAsked && !closed) {
        answerProgress();
      }
    }
  }

  /** Sends the next events of a watcher; true if there may be more. */
  private boolean sendNext(Watcher watcher) {
    EtcdState.Batch batch = state.events(watcher.nextRevision(), REVISIONS_AT_ONCE, watcher::wants);
    if (batch.compactedRevision() > 0) {
      watchers.remove(watcher.id());
      // etcd states no revision here.
      client.onNext(
          answer(watcher.id(), 0)
              .setCanceled(true)
              .setCompactRevision(batch.compactedRevision())
              .build());
      return false;
    }
    watcher.readUpTo(batch.nextRevision());
    if (!batch.events().isEmpty()) {
      watcher.answered(hub.nanos());
      List<Event> events = batch.events().stream().map(watcher::view).toList();
      WatchResponse whole = answer(watcher.id(), batch.revision()).addAllEvents(events).build();
      if (watcher.wantsFragments()) {
        WatchFragments.of(whole).forEach(client::onNext);
      } else {
        client.onNext(whole);
      }
    }
    return batch.nextRevision() <= batch.revision();
  }

  /** Progress may be stated only up to where every watcher of the stream has read. */
  private void answerProgress() {
    long revision = state.revision();
    if (watchers.values().stream().allMatch(watcher -> watcher.nextRevision() > revision)) {
      progressAsked = false;
      client.onNext(answer(BROADCAST_ID, revision).build());
    }
  }

  private WatchResponse.Builder answer(long watchId, long revision) {
    return WatchResponse.newBuilder().setHeader(member.header(revision)).setWatchId(watchId);
  }
}
