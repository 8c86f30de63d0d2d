package dev.platform.core.start;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;

/** gRPC in plaintext on the loopback address, by whichever Netty is on the class path. */
interface Loopback {

  /** A server at a free port. */
  ServerBuilder<?> server();

  ManagedChannelBuilder<?> channel(int port);

  /** The shaded Netty wins, as it does in gRPC's own choice. */
  static Loopback available() {
    if (isPresent("io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder")) {
      return new LoopbackOnShadedNetty();
    }
    if (isPresent("io.grpc.netty.NettyServerBuilder")) {
      return new LoopbackOnNetty();
    }
    throw new IllegalStateException(
        "No transport for gRPC: add io.grpc:grpc-netty-shaded or io.grpc:grpc-netty");
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Loopback.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
