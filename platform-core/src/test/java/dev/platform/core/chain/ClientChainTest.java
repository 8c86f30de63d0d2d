package dev.platform.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientChainTest {

  private static final CallOptions.Key<String> MARK = CallOptions.Key.create("mark");

  private final List<String> seen = new ArrayList<>();
  private final Target channel = new Target();

  @Test
  void interceptorsAreOrderedByStage() {
    List<ClientLink> links = new ArrayList<>();
    for (ClientStage stage : ClientStage.values()) {
      links.add(new ClientLink(stage, telling(stage.name())));
    }
    Collections.reverse(links);

    call(new ClientChain(links));

    assertThat(seen)
        .containsExactly(
            "RECORD",
            "TELEMETRY",
            "DEADLINE",
            "CIRCUIT_BREAKER",
            "CALLER",
            "PRIORITY",
            "USER_TOKEN",
            "RETRY",
            "FAULT_INJECTION",
            "channel");
  }

  @Test
  void eachCallPassesAllInterceptors() {
    ClientChain chain =
        new ClientChain(List.of(new ClientLink(ClientStage.DEADLINE, telling("deadline"))));

    call(chain);
    call(chain);

    assertThat(seen).containsExactly("deadline", "channel", "deadline", "channel");
  }

  @Test
  void changesAreVisibleToInnerInterceptorsAndTheChannel() {
    ClientInterceptor marking =
        new ClientInterceptor() {
          @Override
          public <Q, A> ClientCall<Q, A> interceptCall(
              MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withOption(MARK, "marked"));
          }
        };

    call(new ClientChain(List.of(new ClientLink(ClientStage.DEADLINE, marking))));

    assertThat(channel.options.getOption(MARK)).isEqualTo("marked");
  }

  @Test
  void allInterceptorsSeeTheAuthorityOfTheChannel() {
    ClientInterceptor asking =
        new ClientInterceptor() {
          @Override
          public <Q, A> ClientCall<Q, A> interceptCall(
              MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            seen.add(next.authority());
            return next.newCall(method, options);
          }
        };

    call(
        new ClientChain(
            List.of(
                new ClientLink(ClientStage.CIRCUIT_BREAKER, asking),
                new ClientLink(ClientStage.TELEMETRY, asking))));

    assertThat(seen).containsExactly("target", "target", "channel");
  }

  @Test
  void aBlockedCallReachesNoInnerInterceptor() {
    ClientInterceptor refusing =
        new ClientInterceptor() {
          @Override
          public <Q, A> ClientCall<Q, A> interceptCall(
              MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new Unsent<>();
          }
        };

    call(
        new ClientChain(
            List.of(
                new ClientLink(ClientStage.RETRY, telling("inside")),
                new ClientLink(ClientStage.CIRCUIT_BREAKER, refusing),
                new ClientLink(ClientStage.DEADLINE, telling("outside")))));

    assertThat(seen).containsExactly("outside");
  }

  private void call(ClientChain chain) {
    var unused =
        ClientInterceptors.intercept(channel, chain)
            .newCall(RecommendationServiceGrpc.getGetRecommendationsMethod(), CallOptions.DEFAULT);
  }

  private ClientInterceptor telling(String name) {
    return new ClientInterceptor() {

      @Override
      public <Q, A> ClientCall<Q, A> interceptCall(
          MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        seen.add(name);
        return next.newCall(method, options);
      }
    };
  }

  private final class Target extends Channel {

    private CallOptions options;

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions given) {
      seen.add("channel");
      options = given;
      return new Unsent<>();
    }

    @Override
    public String authority() {
      return "target";
    }
  }

  private static final class Unsent<Q, A> extends ClientCall<Q, A> {

    @Override
    public void start(Listener<A> listener, Metadata headers) {}

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }
}
