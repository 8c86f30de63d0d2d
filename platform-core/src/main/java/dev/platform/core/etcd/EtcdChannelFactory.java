package dev.platform.core.etcd;

import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/** Opens the channels of an {@link EtcdConnection}, which shuts them down. */
@FunctionalInterface
public interface EtcdChannelFactory {

  /**
   * Opens a channel.
   *
   * @param tls certificates; null without, or to trust what the JVM trusts
   * @throws IllegalStateException if the certificates can't be used
   */
  ManagedChannel open(@Nullable EtcdTls tls);
}
