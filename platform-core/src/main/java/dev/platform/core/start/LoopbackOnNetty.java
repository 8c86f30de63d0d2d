package dev.platform.core.start;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Uses {@code grpc-netty}; built a second time for the shaded one. */
final class LoopbackOnNetty implements Loopback {

  @Override
  public NettyServerBuilder server() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @Override
  public NettyChannelBuilder channel(int port) {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .usePlaintext();
  }
}
