package dev.platform.interop.peers.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A key under a lease that jetcd keeps alive. */
final class Registration {

  private static final long REQUEST_SECONDS = 3;

  /** The first time, in a JVM that starts beside others. */
  private static final long START_SECONDS = 60;

  private final Client client;
  private final boolean careful;
  private final ByteSequence key;
  private final ByteSequence value;
  private final long ttl;
  private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
  private volatile long lease;
  private volatile @Nullable CloseableClient renewals;

  Registration(Client client, boolean careful, String prefix, String address, long ttl) {
    this.client = client;
    this.careful = careful;
    this.key = ByteSequence.from(prefix + address, UTF_8);
    this.value =
        ByteSequence.from("{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address), UTF_8);
    this.ttl = ttl;
  }

  void start() throws ExecutionException, InterruptedException, TimeoutException {
    register(START_SECONDS);
  }

  private void register(long seconds)
      throws ExecutionException, InterruptedException, TimeoutException {
    lease = client.getLeaseClient().grant(ttl).get(seconds, TimeUnit.SECONDS).getID();
    client
        .getKVClient()
        .put(key, value, PutOption.builder().withLeaseId(lease).build())
        .get(seconds, TimeUnit.SECONDS);
    renewals = client.getLeaseClient().keepAlive(lease, new Renewals(lease));
  }

  void leave() {
    retries.shutdownNow();
    try {
      client.getLeaseClient().revoke(lease).get(REQUEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("not revoked: " + e);
    }
  }

  private void registerAgain(long lost) {
    if (careful && lost == lease && !retries.isShutdown()) {
      Future<?> unused = retries.schedule(this::tryAgain, 1, TimeUnit.SECONDS);
    }
  }

  private void tryAgain() {
    CloseableClient old = renewals;
    if (old != null) {
      old.close();
    }
    try {
      register(REQUEST_SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("not registered: " + e);
      Future<?> unused = retries.schedule(this::tryAgain, 1, TimeUnit.SECONDS);
    }
  }

  private final class Renewals implements StreamObserver<LeaseKeepAliveResponse> {

    private final long id;

    Renewals(long id) {
      this.id = id;
    }

    @Override
    public void onNext(LeaseKeepAliveResponse renewed) {}

    @Override
    public void onError(Throwable failure) {
      System.err.println("keep-alive failed: " + failure);
      registerAgain(id);
    }

    @Override
    public void onCompleted() {
      System.err.println("keep-alive completed");
      registerAgain(id);
    }
  }
}
