package dev.platform.mall;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;

/** Plain-text channels that are closed together. */
final class Channels implements AutoCloseable {

  private final List<ManagedChannel> open = new ArrayList<>();

  ManagedChannel to(String hostAndPort) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///" + hostAndPort).usePlaintext().build();
    open.add(channel);
    return channel;
  }

  @Override
  public void close() {
    open.forEach(ManagedChannel::shutdownNow);
  }
}
