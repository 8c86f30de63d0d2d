package dev.platform.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ServerChainTest {

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final ServerServiceDefinition service = new Recommendations().bindService();

  @Test
  void interceptorsAreOrderedByStage() throws IOException {
    assertThat(call(new ServerChain(oneOfEachStage(), null).around(service)))
        .isEqualTo(Status.Code.OK);

    assertThat(seen)
        .containsExactly(
            "UNFINISHED_CALLS",
            "TRAILER_LIMIT",
            "REJECTION",
            "TELEMETRY",
            "AUTHENTICATION",
            "AUTHORIZATION",
            "DEADLINE",
            "PRIORITY",
            "UPSTREAM_RETRY",
            "RATE_LIMIT",
            "CONCURRENCY_LIMIT",
            "FAULT_INJECTION",
            "EXCEPTION_MAPPING",
            "OPEN_CALLS",
            "SECURITY_CONTEXT",
            "handler");
  }

  @Test
  void frameworkInterceptorsAreBetweenTheOuterAndTheInnerGroup() throws IOException {
    ServerChain chain = new ServerChain(oneOfEachStage(), null);

    call(
        chain.outside(
            ServerInterceptors.interceptForward(service, telling("framework"), chain.inside())));

    assertThat(seen)
        .startsWith(
            "UNFINISHED_CALLS",
            "TRAILER_LIMIT",
            "REJECTION",
            "TELEMETRY",
            "AUTHENTICATION",
            "AUTHORIZATION",
            "framework",
            "DEADLINE")
        .endsWith("OPEN_CALLS", "SECURITY_CONTEXT", "handler")
        .hasSize(ServerStage.values().length + 2);
  }

  @Test
  void linksOfOneStageKeepTheirOrder() throws IOException {
    call(
        new ServerChain(
                List.of(
                    new ServerLink(ServerStage.DEADLINE, telling("first")),
                    new ServerLink(ServerStage.DEADLINE, telling("second"))),
                null)
            .around(service));

    assertThat(seen).containsExactly("first", "second", "handler");
  }

  @Test
  void aRejectedCallReachesNoInnerInterceptor() throws IOException {
    ServerChain chain =
        new ServerChain(
            List.of(
                new ServerLink(ServerStage.CONCURRENCY_LIMIT, telling("inside")),
                new ServerLink(ServerStage.RATE_LIMIT, new Refusal()),
                new ServerLink(ServerStage.DEADLINE, telling("outside"))),
            null);

    assertThat(call(chain.around(service))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(seen).containsExactly("outside");
  }

  @Test
  void anEmptyChainLeavesCallsUnchanged() throws IOException {
    assertThat(call(new ServerChain(List.of(), null).around(service))).isEqualTo(Status.Code.OK);
    assertThat(seen).containsExactly("handler");
  }

  private List<ServerLink> oneOfEachStage() {
    List<ServerLink> links = new ArrayList<>();
    for (ServerStage stage : ServerStage.values()) {
      links.add(new ServerLink(stage, telling(stage.name())));
    }
    Collections.reverse(links);
    return links;
  }

  private ServerInterceptor telling(String name) {
    return new ServerInterceptor() {

      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        seen.add(name);
        return next.startCall(call, headers);
      }
    };
  }

  private static Status.Code call(ServerServiceDefinition offered) throws IOException {
    String name = UUID.randomUUID().toString();
    Server server =
        InProcessServerBuilder.forName(name).directExecutor().addService(offered).build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    try {
      var unused =
          RecommendationServiceGrpc.newBlockingStub(channel)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static final class Refusal implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      call.close(Status.RESOURCE_EXHAUSTED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      seen.add("handler");
      observer.onNext(GetRecommendationsResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }
}
