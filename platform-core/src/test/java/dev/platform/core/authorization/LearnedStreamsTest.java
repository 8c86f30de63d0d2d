package dev.platform.core.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.SecurityAudit;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Clients end most streams by cancelling them, so that they never end with OK. */
class LearnedStreamsTest {

  private static final String METHOD = "shop.v1.Shop/Watch";

  private final LearnedCalls learned = new LearnedCalls(10);
  private final AuthorizationServerInterceptor shadow =
      new AuthorizationServerInterceptor(
          AuthorizationRules.of(Map.of()),
          AuthorizationMode.SHADOW,
          learned,
          new SecurityAudit(System::nanoTime),
          new SimpleMeterRegistry());

  @Test
  void aStreamIsLearnedWithItsFirstAnswer() throws Exception {
    handle(MethodType.SERVER_STREAMING, call -> call.sendMessage("first"));

    assertThat(learned.callersByMethod()).isEqualTo(Map.of(METHOD, Set.of("order-app")));
  }

  @Test
  void aStreamWithoutAnswersIsLearnedAtItsEnd() throws Exception {
    handle(MethodType.BIDI_STREAMING, call -> call.close(Status.OK, new Metadata()));

    assertThat(learned.callersByMethod()).isEqualTo(Map.of(METHOD, Set.of("order-app")));
  }

  @Test
  void aUnaryCallIsNotLearnedBeforeItsEnd() throws Exception {
    handle(
        MethodType.UNARY,
        call -> {
          call.sendMessage("the only one");
          call.close(Status.INTERNAL, new Metadata());
        });

    assertThat(learned.callersByMethod()).isEmpty();
  }

  private void handle(MethodType type, Consumer<ServerCall<String, String>> handler)
      throws Exception {
    CallerIdentity.of("order-app")
        .attachedTo(Context.current())
        .call(
            () ->
                shadow.interceptCall(
                    new SilentCall(type),
                    new Metadata(),
                    (call, headers) -> {
                      handler.accept(call);
                      return new ServerCall.Listener<>() {};
                    }));
  }

  /** A call whose answers nobody reads. */
  private static final class SilentCall extends ServerCall<String, String> {

    private static final MethodDescriptor.Marshaller<String> NOTHING =
        new MethodDescriptor.Marshaller<>() {

          @Override
          public InputStream stream(String message) {
            return new ByteArrayInputStream(new byte[0]);
          }

          @Override
          public String parse(InputStream message) {
            return "";
          }
        };

    private final MethodDescriptor<String, String> method;

    SilentCall(MethodType type) {
      this.method =
          MethodDescriptor.<String, String>newBuilder()
              .setType(type)
              .setFullMethodName(METHOD)
              .setRequestMarshaller(NOTHING)
              .setResponseMarshaller(NOTHING)
              .build();
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(String message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<String, String> getMethodDescriptor() {
      return method;
    }
  }
}
