package dev.platform.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.call.DiscoveredCalls;
import dev.platform.core.deadline.DetachedWork;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which calls carry the user's token. */
class UserTokenClientInterceptorTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ReceivedTokens received = new ReceivedTokens();
  private final Context request =
      CallerIdentity.of("order-app")
          .onBehalfOf(new User("ann", "", Set.of(), null), "secret")
          .attachedTo(Context.ROOT);
  private IdentifiedServer server;

  @BeforeEach
  void start() throws Exception {
    server = new IdentifiedServer(received);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void callsInProcessDo() {
    call(intercepted(server.inProcessChannel(), false));

    assertThat(received.values).containsExactly(List.of("Bearer secret"));
    assertThat(count("sent")).isEqualTo(1);
  }

  @Test
  void callsWithoutEncryptionDont() {
    call(intercepted(server.channel(), false, new DiscoveredCalls()));

    assertThat(received.values).containsExactly(List.of());
    assertThat(count("withheld")).isEqualTo(1);
  }

  @Test
  void callsBehindAMeshDo() {
    call(intercepted(server.channel(), true, new DiscoveredCalls()));

    assertThat(received.values).containsExactly(List.of("Bearer secret"));
  }

  @Test
  void callsToAFixedAddressDont() {
    call(intercepted(server.channel(), true));

    assertThat(received.values).containsExactly(List.of());
    assertThat(count("withheld")).isEqualTo(1);
  }

  @Test
  void callsOutsideOfARequestDont() {
    assertThat(IdentifiedServer.call(intercepted(server.inProcessChannel(), false))).isNull();

    assertThat(received.values).containsExactly(List.of());
  }

  @Test
  void detachedWorkDoesnt() {
    Channel channel = intercepted(server.inProcessChannel(), false);

    request.run(
        () ->
            DetachedWork.run(
                () -> {
                  assertThat(CallerIdentity.current().workload()).contains("order-app");
                  assertThat(CallerIdentity.current().user()).isEmpty();
                  assertThat(IdentifiedServer.call(channel)).isNull();
                }));

    assertThat(received.values).containsExactly(List.of());
  }

  @Test
  void theApplicationsHeaderWinsWhereverItIsSet() {
    Metadata own = new Metadata();
    own.put(IdentifiedServer.AUTHORIZATION, "Bearer own");
    ClientInterceptor setting = MetadataUtils.newAttachHeadersInterceptor(own);

    call(intercepted(server.inProcessChannel(), false, setting));
    call(
        ClientInterceptors.interceptForward(
            server.inProcessChannel(), new UserTokenClientInterceptor(false, meters), setting));

    assertThat(received.values).containsExactly(List.of("Bearer own"), List.of("Bearer own"));
  }

  @Test
  void theApplicationsCredentialsWin() {
    call(intercepted(server.inProcessChannel(), false, new OwnCredentials()));

    assertThat(received.values).containsExactly(List.of("Bearer own"));
  }

  @Test
  void onlyTargetsOfDiscoveryAreDiscovered() {
    assertThat(
            List.of(
                "discovery:///payment-service", "etcd:///payment-service", "etcd:/payment-service"))
        .allMatch(DiscoveredCalls::isDiscovered);
    assertThat(
            List.of(
                "payment-service",
                "dns:///payment-service",
                "localhost:9090",
                "in-process:x",
                "https://discovery:///x",
                "discovery:x"))
        .noneMatch(DiscoveredCalls::isDiscovered);
  }

  /** The interceptors of the application are outside. */
  private Channel intercepted(Channel channel, boolean mesh, ClientInterceptor... outside) {
    return ClientInterceptors.intercept(
        ClientInterceptors.intercept(channel, new UserTokenClientInterceptor(mesh, meters)),
        outside);
  }

  private void call(Channel channel) {
    request.run(() -> assertThat(IdentifiedServer.call(channel)).isNull());
  }

  private double count(String outcome) {
    return meters.get("platform.security.propagation").tag("outcome", outcome).counter().count();
  }

  private static final class ReceivedTokens implements ServerInterceptor {

    private final List<List<String>> values = new CopyOnWriteArrayList<>();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      List<String> all = new ArrayList<>();
      Iterable<String> sent = headers.getAll(IdentifiedServer.AUTHORIZATION);
      if (sent != null) {
        sent.forEach(all::add);
      }
      values.add(all);
      return next.startCall(call, headers);
    }
  }

  private static final class OwnCredentials implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(
          method,
          options.withCallCredentials(
              new CallCredentials() {
                @Override
                public void applyRequestMetadata(
                    RequestInfo request, Executor executor, MetadataApplier applier) {
                  Metadata own = new Metadata();
                  own.put(IdentifiedServer.AUTHORIZATION, "Bearer own");
                  applier.apply(own);
                }
              }));
    }
  }
}
