package dev.platform.core.etcd;

import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The transport of the channel to etcd: whichever of gRPC's is on the class path. */
interface EtcdTransport {

  /** A frozen member is detected by unanswered pings; gRPC allows no shorter interval. */
  long KEEP_ALIVE_SECONDS = 10;

  /**
   * @param connectTimeout of one attempt: where packets are dropped, the system's own pauses
   *     between attempts double from 1 s
   * @param secure whether the endpoints are {@code https}
   * @param tls null to trust what the JVM trusts
   * @throws IllegalStateException if the certificates can't be used
   */
  ManagedChannelBuilder<?> builder(
      String target, Duration connectTimeout, boolean secure, @Nullable EtcdTls tls);

  /** The shaded Netty wins, as it does in gRPC's own choice. */
  static EtcdTransport available() {
    if (isPresent("io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder")) {
      return new TransportOnShadedNetty();
    }
    if (isPresent("io.grpc.netty.NettyChannelBuilder")) {
      return new TransportOnNetty();
    }
    throw new IllegalStateException(
        "No transport for etcd: add io.grpc:grpc-netty-shaded or io.grpc:grpc-netty");
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, EtcdTransport.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
