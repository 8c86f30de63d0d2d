package dev.platform.inventory.api;

import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.inventory.domain.InvalidInput;
import dev.platform.inventory.domain.StockLevel;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One client that watches stock. Keeps at most one level for each watched product and sends it when
 * the client is ready, so the newest level wins and a slow client costs no more memory than one
 * level per product. A client that half-closes gets the levels it has requested, then the end of
 * the stream.
 *
 * <p>Thread-safe: called by the call's callbacks and the feed's thread. Never blocks.
 */
final class StockWatcher implements StreamObserver<WatchStockRequest> {

  static final int MAX_PRODUCTS = 1000;

  private final StockFeed feed;
  private final ServerCallStreamObserver<WatchStockResponse> out;
  // guarded by this
  private final Set<String> watched = new HashSet<>();
  // guarded by this
  private final Map<String, StockLevel> newest = new HashMap<>();
  // guarded by this
  private final Map<String, StockLevel> unsent = new LinkedHashMap<>();
  // guarded by this
  private boolean ending;
  // guarded by this
  private boolean allOffered;
  // guarded by this
  private boolean over;

  StockWatcher(StockFeed feed, ServerCallStreamObserver<WatchStockResponse> out) {
    this.feed = feed;
    this.out = out;
  }

  void start() {
    // One message at a time: the next is requested when this one is handled.
    out.disableAutoRequest();
    out.setOnReadyHandler(this::send);
    out.setOnCancelHandler(() -> feed.remove(this));
    out.request(1);
    feed.add(this);
  }

  @Override
  public void onNext(WatchStockRequest change) {
    try {
      apply(change);
      feed.refresh(this, () -> out.request(1));
    } catch (InvalidInput e) {
      fail(e);
    }
  }

  private synchronized void apply(WatchStockRequest change) {
    for (String productId : change.getUnsubscribeList()) {
      watched.remove(productId);
      newest.remove(productId);
      unsent.remove(productId);
    }
    for (int i = 0; i < change.getSubscribeCount(); i++) {
      String productId = InvalidInput.requireId("subscribe[" + i + "]", change.getSubscribe(i));
      watched.add(productId);
      // A repeated subscription sends the level again.
      newest.remove(productId);
    }
    if (watched.size() > MAX_PRODUCTS) {
      throw new InvalidInput(
          "a stream can watch at most " + MAX_PRODUCTS + " products: " + watched.size());
    }
  }

  @Override
  public void onError(Throwable failure) {
    feed.remove(this);
  }

  @Override
  public void onCompleted() {
    feed.refresh(this, this::end);
  }

  private synchronized void end() {
    ending = true;
  }

  synchronized Set<String> watched() {
    return Set.copyOf(watched);
  }

  /** Takes the levels of watched products; ignores others. */
  synchronized void offer(Map<String, StockLevel> levels) {
    for (String productId : watched) {
      StockLevel level = levels.get(productId);
      if (level != null && !level.equals(newest.put(productId, level))) {
        unsent.put(productId, level);
      }
    }
    allOffered = ending;
    send();
  }

  private synchronized void send() {
    var levels = unsent.values().iterator();
    while (!over && out.isReady() && levels.hasNext()) {
      out.onNext(
          WatchStockResponse.newBuilder().setLevel(StockMessages.level(levels.next())).build());
      levels.remove();
    }
    if (!over && allOffered && unsent.isEmpty()) {
      over = true;
      feed.remove(this);
      out.onCompleted();
    }
  }

  /** Ends the stream at once, with what the failure means to the client. */
  synchronized void fail(RuntimeException failure) {
    if (over) {
      return;
    }
    over = true;
    feed.remove(this);
    out.onError(failure);
  }
}
