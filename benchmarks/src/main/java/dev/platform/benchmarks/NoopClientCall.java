package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.identity.PeerIdentity;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A call that drops its response. */
final class NoopClientCall
    extends ServerCall<GetRecommendationsRequest, GetRecommendationsResponse> {

  private static final Attributes PEER =
      Attributes.newBuilder()
          .set(
              Grpc.TRANSPORT_ATTR_REMOTE_ADDR,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
          .set(PeerIdentity.KEY, PeerIdentity.of("calls"))
          .build();

  @Override
  public void request(int messages) {}

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(GetRecommendationsResponse message) {}

  @Override
  public void close(Status status, Metadata trailers) {}

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public Attributes getAttributes() {
    return PEER;
  }

  @Override
  public MethodDescriptor<GetRecommendationsRequest, GetRecommendationsResponse>
      getMethodDescriptor() {
    return RecommendationServiceGrpc.getGetRecommendationsMethod();
  }
}
