package dev.platform.starter.etcd;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdConnectionFactory;
import dev.platform.spring.etcd.EtcdProperties;
import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** Monotonic time that a test can move forward, for everybody who asks it. Thread-safe. */
public final class MovedTime {

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

  private final AtomicLong ahead = new AtomicLong();

  public long nanos() {
    return System.nanoTime() + ahead.get();
  }

  public void move(Duration forward) {
    ahead.addAndGet(forward.toNanos());
  }

  /** A connection that lives in this time; its timers and deadlines run in real time. */
  public EtcdConnection open(EtcdServer etcd) {
    EtcdProperties properties =
        new EtcdProperties(
            List.of(etcd.endpoint().toString()),
            new EtcdProperties.Ssl(null),
            null,
            null,
            REQUEST_TIMEOUT);
    return EtcdConnectionFactory.open(properties, new DefaultSslBundleRegistry(), this::nanos);
  }
}
