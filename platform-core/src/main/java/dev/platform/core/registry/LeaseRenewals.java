package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Renews a lease on a stream that is held open: etcd's gRPC proxy cancels a renewal whose stream is
 * half-closed. A renewal that is not answered soon is sent to the next member of etcd, too, on a
 * stream of its own, and then once more: a member that is cut off from the others does not answer.
 * The stream of the first answer stays. Without an answer in time all are ended, so a silent stream
 * is found; the next renewal opens another one. On the connection's thread.
 */
final class LeaseRenewals {

  private static final int MOST_STREAMS = 3;

  private final EtcdConnection connection;
  private final Duration timeout;
  private final List<Stream> streams = new ArrayList<>();
  private @Nullable Renewal pending;

  /** The last answer came late, and from the stream that was asked first, as a proxy's do. */
  private boolean answersLate;

  /**
   * @param ttl the lease's time to live. The proxy answers when it renews the lease itself, every
   *     third of it.
   */
  LeaseRenewals(EtcdConnection connection, Duration ttl) {
    this.connection = connection;
    Duration proxied = min(ttl.dividedBy(3).plusSeconds(1), ttl.dividedBy(2));
    this.timeout = max(connection.requestTimeout(), proxied);
  }

  /**
   * Renews once; passes on the time to live in seconds, 0 for an unknown lease, or the failure.
   * Replaces a renewal that is not answered yet.
   */
  void renew(long leaseId, LongConsumer onAnswer, Consumer<Status> onFailure) {
    forget();
    if (streams.isEmpty()) {
      open();
    }
    Renewal renewal = new Renewal(leaseId, streams.get(0), onAnswer, onFailure);
    pending = renewal;
    renewal.timeout = connection.schedule(() -> expired(renewal), timeout.toMillis());
    streams.forEach(stream -> stream.send(leaseId));
    if (!answersLate) {
      hedgeLater(renewal);
    }
  }

  /** Ends the streams. A renewal that is not answered yet is forgotten. */
  void stop() {
    forget();
    endAllBut(null, "the lease is no longer renewed");
  }

  private Stream open() {
    Stream opened = new Stream();
    streams.add(opened);
    connection.leaseKeepAlive().leaseKeepAlive(opened);
    return opened;
  }

  private void hedgeLater(Renewal renewal) {
    renewal.hedge = connection.schedule(() -> hedge(renewal), connection.hedgeAfterMillis());
  }

  private void hedge(Renewal renewal) {
    if (pending == renewal && streams.size() < MOST_STREAMS) {
      open().send(renewal.leaseId);
      hedgeLater(renewal);
    }
  }

  private void expired(Renewal renewal) {
    if (pending == renewal) {
      answersLate = false;
      endAllBut(null, "not answered in time");
      failed(Status.DEADLINE_EXCEEDED.withDescription("etcd did not answer a renewal in time"));
    }
  }

  private void answered(Stream by, LeaseKeepAliveResponse answer) {
    Renewal renewal = pending;
    if (renewal != null && renewal.leaseId == answer.getID()) {
      forget();
      long tookMillis = (connection.nanoTime() - renewal.sentAt) / 1_000_000;
      answersLate = by == renewal.first && tookMillis >= connection.hedgeAfterMillis();
      endAllBut(by, "another one has answered");
      renewal.onAnswer.accept(answer.getTTL());
    }
  }

  private void ended(Stream stream, Status status) {
    if (streams.remove(stream) && streams.isEmpty()) {
      failed(status);
    }
  }

  private void failed(Status status) {
    Renewal renewal = pending;
    if (renewal != null) {
      forget();
      renewal.onFailure.accept(status);
    }
  }

  private void forget() {
    Renewal renewal = pending;
    if (renewal != null) {
      cancel(renewal.timeout);
      cancel(renewal.hedge);
    }
    pending = null;
  }

  private void endAllBut(@Nullable Stream kept, String reason) {
    for (Stream stream : List.copyOf(streams)) {
      if (stream != kept) {
        streams.remove(stream);
        stream.cancel(reason);
      }
    }
  }

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** One that is not answered yet. */
  private final class Renewal {

    private final long leaseId;
    private final Stream first;
    private final LongConsumer onAnswer;
    private final Consumer<Status> onFailure;
    private final long sentAt = connection.nanoTime();
    private @Nullable ScheduledFuture<?> timeout;
    private @Nullable ScheduledFuture<?> hedge;

    Renewal(long leaseId, Stream first, LongConsumer onAnswer, Consumer<Status> onFailure) {
      this.leaseId = leaseId;
      this.first = first;
      this.onAnswer = onAnswer;
      this.onFailure = onFailure;
    }
  }

  private final class Stream
      implements ClientResponseObserver<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {

    private @Nullable ClientCallStreamObserver<LeaseKeepAliveRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<LeaseKeepAliveRequest> call) {
      requests = call;
    }

    void send(long leaseId) {
      if (requests != null) {
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(leaseId).build());
      }
    }

    @Override
    public void onNext(LeaseKeepAliveResponse answer) {
      if (streams.contains(this)) {
        answered(this, answer);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended(this, Status.UNAVAILABLE.withDescription("etcd ended the stream of renewals"));
    }

    void cancel(String reason) {
      if (requests != null) {
        requests.cancel(reason, null);
      }
    }
  }
}
