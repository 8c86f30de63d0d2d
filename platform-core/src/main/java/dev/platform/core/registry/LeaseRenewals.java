package dev.platform.core.registry;

import dev.platform.core.etcd.EtcdConnection;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Renews a lease on a stream that is held open: etcd's gRPC proxy cancels a renewal whose stream is
 * half-closed. A renewal that is not answered in time ends the stream, so a silent stream is found;
 * the next renewal opens another one. On the connection's thread.
 */
final class LeaseRenewals {

  private final EtcdConnection connection;
  private final Duration timeout;
  private @Nullable Stream stream;
  private @Nullable Renewal pending;

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
    Renewal renewal = new Renewal(leaseId, onAnswer, onFailure);
    pending = renewal;
    renewal.timer = connection.schedule(() -> expired(renewal), timeout.toMillis());
    Stream open = stream;
    if (open == null) {
      open = new Stream();
      stream = open;
      connection.leaseKeepAlive().leaseKeepAlive(open);
    }
    open.send(leaseId);
  }

  /** Ends the stream. A renewal that is not answered yet is forgotten. */
  void stop() {
    forget();
    if (stream != null) {
      stream.end("the lease is no longer renewed");
    }
  }

  private void expired(Renewal renewal) {
    if (pending == renewal && stream != null) {
      stream.end("not answered in time");
      failed(Status.DEADLINE_EXCEEDED.withDescription("etcd did not answer a renewal in time"));
    }
  }

  private void answered(LeaseKeepAliveResponse answer) {
    Renewal renewal = pending;
    if (renewal != null && renewal.leaseId == answer.getID()) {
      forget();
      renewal.onAnswer.accept(answer.getTTL());
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
    if (pending != null && pending.timer != null) {
      pending.timer.cancel(false);
    }
    pending = null;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** One that is not answered yet. */
  private static final class Renewal {

    private final long leaseId;
    private final LongConsumer onAnswer;
    private final Consumer<Status> onFailure;
    private @Nullable ScheduledFuture<?> timer;

    Renewal(long leaseId, LongConsumer onAnswer, Consumer<Status> onFailure) {
      this.leaseId = leaseId;
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
      if (stream == this) {
        answered(answer);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended(Status.UNAVAILABLE.withDescription("etcd ended the stream of renewals"));
    }

    private void ended(Status status) {
      if (stream == this) {
        stream = null;
        failed(status);
      }
    }

    void end(String reason) {
      stream = null;
      if (requests != null) {
        requests.cancel(reason, null);
      }
    }
  }
}
