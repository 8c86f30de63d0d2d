package dev.platform.core.registry;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.MovedTime;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.ValueFormat;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** One process of the soak test: registration without an application. */
final class SoakInstance {

  static final String SERVICE = "soak";

  private static final InstanceCodec CODEC = new InstanceCodec("", ValueFormat.GRPC);

  private final Instance instance;
  private final boolean certainOfItsAddress;
  private final EtcdConnection connection;
  private final EtcdRegistrar lease;
  private boolean ready;

  /**
   * @param certainOfItsAddress whether it reclaims its key from another process
   */
  SoakInstance(
      EtcdServer etcd,
      MovedTime time,
      Duration ttl,
      String id,
      int port,
      boolean certainOfItsAddress) {
    this.instance =
        new Instance(
            SERVICE, new HostAndPort("127.0.0.1", port), Map.of(InstanceMetadata.INSTANCE_ID, id));
    this.certainOfItsAddress = certainOfItsAddress;
    this.connection = time.open(etcd);
    this.lease =
        new EtcdRegistrar(connection, ttl, Clock.systemUTC(), RandomGenerator.getDefault());
  }

  int port() {
    return instance.address().port();
  }

  String id() {
    return instance.id();
  }

  String key() {
    return CODEC.key(instance);
  }

  boolean isCertainOfItsAddress() {
    return certainOfItsAddress;
  }

  boolean isReady() {
    return ready;
  }

  void ready(boolean now) {
    if (ready == now) {
      return;
    }
    ready = now;
    if (now) {
      lease.claim(List.of(claim()));
    } else {
      await(lease.release(List.of(key())));
    }
  }

  private Claim claim() {
    return new Claim(
        key(),
        CODEC.value(instance),
        CODEC.value(instance.outOfService()),
        () -> certainOfItsAddress);
  }

  boolean isRegistered(EtcdServer etcd) {
    return lease.snapshot().isHeld()
        && etcd.get(key()).filter(value -> value.contains(id())).isPresent();
  }

  /** Deregisters and stops. */
  void leave() {
    await(lease.close());
    connection.close();
  }

  /** Crashes without deregistration. */
  void die() {
    connection.close();
  }

  /** A value that another process would write to this key. */
  String foreignValue() {
    return "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{\"%s\":\"another\"}}"
        .formatted(port(), InstanceMetadata.INSTANCE_ID);
  }

  /** Waits as long as an application would; the lease's expiry removes the rest. */
  private void await(CompletableFuture<Void> done) {
    try {
      Uninterruptibles.getUninterruptibly(done, connection.requestTimeout());
    } catch (TimeoutException etcdIsAway) {
      // The lease expires later.
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return "%s (%d, %s)".formatted(id(), port(), lease.snapshot());
  }
}
