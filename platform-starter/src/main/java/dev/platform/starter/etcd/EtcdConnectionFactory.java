package dev.platform.starter.etcd;

import io.grpc.Channel;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** Opens the connection that the properties describe. */
final class EtcdConnectionFactory {

  private EtcdConnectionFactory() {}

  static EtcdConnection open(EtcdProperties properties, SslBundles bundles, LongSupplier nanoTime) {
    ScheduledThreadPoolExecutor executor = newExecutor();
    EtcdChannels channels = new EtcdChannels(properties, executor);
    SwitchableChannel channel = new SwitchableChannel(channels.open(bundles));
    EtcdConnection connection =
        new EtcdConnection(
            channel,
            executor,
            new EtcdAvailability(properties.endpoints().toString(), nanoTime),
            credentials(properties, channel, nanoTime),
            properties.requestTimeout(),
            nanoTime);
    String bundle = properties.ssl().bundle();
    if (bundle != null) {
      SslBundleReload reload = new SslBundleReload(bundle, channels, channel, connection);
      bundles.addBundleUpdateHandler(bundle, reload::updated);
    }
    return connection;
  }

  private static ScheduledThreadPoolExecutor newExecutor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "platform-etcd");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  private static @Nullable EtcdCredentials credentials(
      EtcdProperties properties, Channel channel, LongSupplier nanoTime) {
    String username = properties.username();
    String password = properties.password();
    return username == null || password == null
        ? null
        : new EtcdCredentials(channel, username, password, properties.requestTimeout(), nanoTime);
  }
}
