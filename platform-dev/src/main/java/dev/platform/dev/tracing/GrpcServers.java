package dev.platform.dev.tracing;

import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;

/** gRPC servers on whichever of the two Netty transports is on the class path. */
final class GrpcServers {

  private GrpcServers() {}

  /** A server of one address; the shaded Netty wins, as it does in gRPC's own choice. */
  static ServerBuilder<?> at(InetSocketAddress address) {
    return hasShaded() ? Shaded.at(address) : Unshaded.at(address);
  }

  private static boolean hasShaded() {
    try {
      Class.forName(
          "io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder",
          false,
          GrpcServers.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Only loaded where its Netty is there. */
  private static final class Shaded {

    static ServerBuilder<?> at(InetSocketAddress address) {
      return io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(address);
    }
  }

  /** Likewise. */
  private static final class Unshaded {

    static ServerBuilder<?> at(InetSocketAddress address) {
      return NettyServerBuilder.forAddress(address);
    }
  }
}
