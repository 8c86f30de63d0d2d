package dev.platform.core.etcd;

import com.google.protobuf.ByteString;
import dev.platform.core.concurrent.Backoff;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads changed certificates: opens connections with them beside the old ones, and switches once
 * etcd has answered on them. Until then, and if they can't be used, the old connections stay. Its
 * state is kept on the connection's thread.
 */
final class TlsReload {

  private static final Logger log = LoggerFactory.getLogger(TlsReload.class);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

  private final EtcdChannelFactory channels;
  private final SwitchableChannel current;
  private final EtcdConnection connection;
  private final RandomGenerator random;
  private @Nullable Candidate candidate;

  TlsReload(
      EtcdChannelFactory channels,
      SwitchableChannel current,
      EtcdConnection connection,
      RandomGenerator random) {
    this.channels = channels;
    this.current = current;
    this.connection = connection;
    this.random = random;
  }

  /** On any thread; never throws for certificates that can't be used. */
  void replace(EtcdTls tls) {
    ManagedChannel channel;
    try {
      channel = channels.open(tls);
    } catch (RuntimeException e) {
      log.warn(
          "{} has changed and can't be used, keeping the old one: {}", tls.name(), e.getMessage());
      return;
    }
    current.prepare(channel);
    connection.execute(() -> probe(new Candidate(tls.name(), channel)));
  }

  private void probe(Candidate next) {
    if (candidate != null) {
      current.drop(candidate.channel);
    }
    candidate = next;
    next.request();
  }

  private final class Candidate {

    private final String name;
    private final ManagedChannel channel;
    private final Backoff backoff = new Backoff(MAX_BACKOFF, random);
    private boolean warned;

    Candidate(String name, ManagedChannel channel) {
      this.name = name;
      this.channel = channel;
    }

    /**
     * With TLS 1.3 a server may refuse a client after its handshake; only an answer proves success.
     */
    void request() {
      if (candidate != this) {
        return;
      }
      channel.resetConnectBackoff();
      RangeRequest anyKey =
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFrom(new byte[] {0}))
              .setCountOnly(true)
              .build();
      connection.then(
          KVGrpc.newFutureStub(channel).withDeadline(connection.requestDeadline()).range(anyKey),
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
            "{} has changed, but etcd can't be reached with it, keeping the old one"
                + " until it can: {}",
            name,
            EtcdFailure.of(status).text());
      }
      connection.schedule(this::request, backoff.nextMillis());
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
      log.info("{} has changed, connected to etcd with the new one", name);
    }
  }
}
