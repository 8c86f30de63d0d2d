package dev.platform.starter.test.etcd;

import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers accepted connections, since gRPC gives no way to reset them. */
final class TrackedChannels {

  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

  ServerChannel listen() {
    return new Listening();
  }

  /** Ends all connections as a dying process does: with a reset, without goodbye. */
  void reset() {
    for (SocketChannel connection : connections) {
      connection.config().setSoLinger(0);
      connection.close().awaitUninterruptibly();
    }
  }

  private final class Listening extends NioServerSocketChannel {

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size();
      int result = super.doReadMessages(accepted);
      for (Object connection : accepted.subList(before, accepted.size())) {
        track((SocketChannel) connection);
      }
      return result;
    }

    private void track(SocketChannel connection) {
      connections.add(connection);
      connection.closeFuture().addListener(closed -> connections.remove(connection));
    }
  }
}
