package dev.platform.benchmarks.peers.armeria;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.healthcheck.HealthCheckedEndpointGroup;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.client.observation.ObservationClient;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import com.linecorp.armeria.server.observation.ObservationService;
import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.RecommendationsService;
import dev.platform.benchmarks.peers.StubCall;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import io.micrometer.observation.ObservationRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Armeria. Clients have a list of addresses, since its ZooKeeper module is not published in this
 * version, and take those that pass Armeria's health check, in turn, which is its default.
 */
final class ArmeriaPeer implements Peer {

  private static final String HEALTH = "/internal/health";

  private final ObservationRegistry observations = Observations.start();

  private ArmeriaPeer() {}

  public static void main(String[] arguments) throws Exception {
    PeerProcess.run(arguments, new ArmeriaPeer());
  }

  @Override
  public int serve(@Nullable String registry) {
    Server server =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service(HEALTH, HealthCheckService.of())
            .service(
                GrpcService.builder().addService(new RecommendationsService()).build(),
                ObservationService.newDecorator(observations))
            .build();
    server.start().join();
    return server.activeLocalPort();
  }

  @Override
  public UnaryCall connect(String addresses) {
    EndpointGroup all =
        EndpointGroup.of(Stream.of(addresses.split(",")).map(Endpoint::parse).toList());
    EndpointGroup instances = HealthCheckedEndpointGroup.of(all, HEALTH);
    instances.whenReady().join();
    return StubCall.of(
        GrpcClients.builder("gproto+http", instances)
            .responseTimeoutMillis(TIMEOUT_MILLIS)
            .decorator(ObservationClient.newDecorator(observations))
            .build(RecommendationServiceStub.class));
  }
}
