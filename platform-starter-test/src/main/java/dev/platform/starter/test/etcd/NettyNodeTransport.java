package dev.platform.starter.test.etcd;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Uses {@code grpc-netty} and the application's own Netty, 4.1 or 4.2. Tracks accepted connections,
 * since gRPC can't reset them.
 */
// Netty 4.2 has successors of these groups, which 4.1 lacks.
@SuppressWarnings("deprecation")
final class NettyNodeTransport implements NodeTransport {

  private final EventLoopGroup acceptor =
      new NioEventLoopGroup(1, new DefaultThreadFactory(ACCEPTOR, true));
  private final EventLoopGroup workers =
      new NioEventLoopGroup(WORKERS, new DefaultThreadFactory(WORKER, true));
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

  @Override
  public ServerBuilder<?> server(InetSocketAddress address, ServerCredentials credentials) {
    return NettyServerBuilder.forAddress(address, credentials)
        .bossEventLoopGroup(acceptor)
        .workerEventLoopGroup(workers)
        .channelFactory(Listening::new);
  }

  @Override
  public List<Executor> loops() {
    List<Executor> loops = new ArrayList<>();
    acceptor.forEach(loops::add);
    workers.forEach(loops::add);
    return loops;
  }

  @Override
  public void reset() {
    for (SocketChannel connection : connections) {
      connection.eventLoop().execute(() -> reset(connection));
      connection.closeFuture().awaitUninterruptibly();
    }
  }

  /** Bypasses the HTTP/2 handler, whose own close would first wait for the calls to end. */
  private static void reset(SocketChannel connection) {
    if (connection.isOpen()) {
      connection.config().setSoLinger(0);
      connection.unsafe().close(connection.voidPromise());
    }
  }

  @Override
  public void shutdown() {
    workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
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
