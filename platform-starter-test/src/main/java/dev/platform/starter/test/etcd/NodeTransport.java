package dev.platform.starter.test.etcd;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;

/** The sockets of an embedded server, on whichever of gRPC's transports is on the class path. */
interface NodeTransport {

  /** How many threads read and write. */
  int WORKERS = 2;

  String ACCEPTOR = "embedded-etcd-accept";
  String WORKER = "embedded-etcd-io";

  /** The one server of this transport. */
  ServerBuilder<?> server(InetSocketAddress address, ServerCredentials credentials);

  /** The threads that read and write sockets, each as an executor. */
  List<Executor> loops();

  /** Ends all connections as a crashing process does: with a reset, without GOAWAY. */
  void reset();

  /** Ends the threads, and returns when they have ended. */
  void shutdown();

  /** The shaded Netty wins, as it does in gRPC's own choice. */
  static NodeTransport available() {
    if (isPresent("io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder")) {
      return new ShadedNettyNodeTransport();
    }
    if (isPresent("io.grpc.netty.NettyServerBuilder")) {
      return new NettyNodeTransport();
    }
    throw new IllegalStateException(
        "No transport for an embedded etcd: add io.grpc:grpc-netty-shaded or io.grpc:grpc-netty");
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, NodeTransport.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
