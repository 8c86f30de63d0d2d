package dev.platform.tests.balancer;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server behind a TCP proxy. When frozen, the proxy keeps its connections but forwards nothing.
 */
final class FreezablePeer implements AutoCloseable {

  private final ExecutorService pipes = Executors.newCachedThreadPool();
  private final List<Closeable> sockets = new CopyOnWriteArrayList<>();
  private final Server server;
  private final ServerSocket entrance;
  private volatile boolean frozen;

  FreezablePeer() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Recommendations())
            .build()
            .start();
    entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    sockets.add(entrance);
    pipes.execute(this::accept);
  }

  String address() {
    return "127.0.0.1:" + entrance.getLocalPort();
  }

  void freeze() {
    frozen = true;
  }

  @Override
  public void close() throws IOException {
    for (Closeable socket : sockets) {
      socket.close();
    }
    pipes.shutdownNow();
    server.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = entrance.accept();
        Socket callee = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
        sockets.addAll(List.of(caller, callee));
        pipes.execute(() -> pass(caller, callee));
        pipes.execute(() -> pass(callee, caller));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] bytes = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        if (!frozen) {
          out.write(bytes, 0, read);
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      answer.onNext(GetRecommendationsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
