package dev.platform.starter.test.etcd;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.group.ChannelGroup;
import io.grpc.netty.shaded.io.netty.channel.group.DefaultChannelGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;

/** Remembers accepted connections, since gRPC gives no way to reset them. */
final class TrackedChannels {

  private final ChannelGroup connections =
      new DefaultChannelGroup("etcd-connections", GlobalEventExecutor.INSTANCE);

  ServerChannel listen() {
    return new Listening();
  }

  /** Ends all connections as a dying process does: with a reset, without goodbye. */
  void reset() {
    for (Channel connection : connections) {
      if (connection instanceof SocketChannel socket) {
        socket.config().setSoLinger(0);
      }
    }
    connections.close().syncUninterruptibly();
  }

  private final class Listening extends NioServerSocketChannel {

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size();
      int result = super.doReadMessages(accepted);
      for (Object connection : accepted.subList(before, accepted.size())) {
        connections.add((Channel) connection);
      }
      return result;
    }
  }
}
