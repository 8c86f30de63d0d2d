package dev.platform.starter.test.etcd;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
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
      connection.eventLoop().execute(() -> reset(connection));
      connection.closeFuture().awaitUninterruptibly();
    }
  }

  /** Past the HTTP/2 handler, whose own close would first wait for the calls to end. */
  private static void reset(SocketChannel connection) {
    if (connection.isOpen()) {
      connection.config().setSoLinger(0);
      connection.unsafe().close(connection.voidPromise());
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
      connection.pipeline().addFirst(new Tracking(connection));
    }
  }

  /** Tracks a connection from when it has an event loop, on which alone it can be reset. */
  private final class Tracking extends ChannelHandlerAdapter {

    private final SocketChannel connection;

    Tracking(SocketChannel connection) {
      this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      connections.add(connection);
      connection.closeFuture().addListener(closed -> connections.remove(connection));
      context.pipeline().remove(this);
    }
  }
}
