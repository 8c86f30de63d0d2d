package dev.platform.starter.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * Takes up a changed SSL bundle: opens connections with it beside the old ones, and moves over once
 * etcd has answered on them. Until then, and if the bundle can't be used, the old ones go on. Its
 * state is kept on the connection's thread.
 */
final class SslBundleReload {

  private static final Logger log = LoggerFactory.getLogger(SslBundleReload.class);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

  private final String bundleName;
  private final EtcdChannels channels;
  private final SwitchableChannel current;
  private final EtcdConnection connection;
  private @Nullable Candidate candidate;

  SslBundleReload(
      String bundleName,
      EtcdChannels channels,
      SwitchableChannel current,
      EtcdConnection connection) {
    this.bundleName = bundleName;
    this.channels = channels;
    this.current = current;
    this.connection = connection;
  }

  /** The bundle has changed. On any thread; never throws for a bundle that can't be used. */
  void updated(SslBundle bundle) {
    ManagedChannel channel;
    try {
      channel = channels.open(bundle);
    } catch (RuntimeException e) {
      log.warn(
          "SSL bundle {} has changed and can't be used, going on with the old one: {}",
          bundleName,
          e.getMessage());
      return;
    }
    current.prepare(channel);
    connection.execute(() -> tryOut(new Candidate(channel)));
  }

  private void tryOut(Candidate next) {
    if (candidate != null) {
      current.drop(candidate.channel);
    }
    candidate = next;
    next.ask();
  }

  private final class Candidate {

    private final ManagedChannel channel;
    private final Backoff backoff = new Backoff(MAX_BACKOFF, RandomGenerator.getDefault());
    private boolean warned;

    Candidate(ManagedChannel channel) {
      this.channel = channel;
    }

    /** With TLS 1.3 a server may refuse a client after its handshake; only an answer tells. */
    void ask() {
      if (candidate != this) {
        return;
      }
      channel.resetConnectBackoff();
      RangeRequest anyKey =
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFrom(new byte[] {0}))
              .setCountOnly(true)
              .build();
      long millis = connection.requestTimeout().toMillis();
      connection.then(
          KVGrpc.newFutureStub(channel)
              .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
              .range(anyKey),
          answer -> adopt(),
          this::failed);
    }

    private void failed(Status status) {
      if (EtcdFailure.of(status).isAnswer()) {
        adopt();
        return;
      }
      if (candidate == this && !warned) {
        warned = true;
        log.warn(
            "SSL bundle {} has changed, but etcd is not reached with it, going on with the old one"
                + " until it is: {}",
            bundleName,
            EtcdFailure.of(status).text());
      }
      connection.schedule(this::ask, backoff.nextMillis());
    }

    private void adopt() {
      if (candidate != this) {
        return;
      }
      candidate = null;
      ManagedChannel old = current.current();
      current.switchTo(channel);
      connection.watches().restart("other certificates");
      connection.schedule(() -> current.drop(old), connection.requestTimeout().toMillis());
      log.info("SSL bundle {} has changed, connected to etcd with the new one", bundleName);
    }
  }
}
