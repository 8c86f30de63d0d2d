package dev.platform.tests.resolver;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Plain gRPC servers on free ports; each answers with its own port. */
final class RealServers implements AutoCloseable {

  private final List<Server> servers = new CopyOnWriteArrayList<>();

  int start() {
    try {
      Server server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(new PortService())
              .build()
              .start();
      servers.add(server);
      return server.getPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static String ask(Channel channel) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(8, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }

  static Set<String> askOften(Channel channel) {
    Set<String> answers = new LinkedHashSet<>();
    for (int i = 0; i < 20; i++) {
      answers.add(ask(channel));
    }
    return answers;
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
  }

  private final class PortService extends RecommendationServiceImplBase {

    private final int index = servers.size();

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      String port = Integer.toString(servers.get(index).getPort());
      answer.onNext(GetRecommendationsResponse.newBuilder().addProductIds(port).build());
      answer.onCompleted();
    }
  }
}
