package dev.platform.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.ChargeResponse;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A delayed call whose handler throws. */
class DelayedServerListenerTest {

  private final List<String> recorded = new ArrayList<>();
  private final OpenCall call = new OpenCall();
  private final DelayedServerListener<ChargeRequest> pending = new DelayedServerListener<>();

  @Test
  void anExceptionOfTheHandlerEndsTheCallAndNotifiesTheHandler() {
    pending.onMessage(ChargeRequest.getDefaultInstance());
    pending.onHalfClose();

    pending.start(call, () -> new Failing("message"));
    pending.onCancel();

    assertThat(call.closed).isNotNull();
    assertThat(call.closed.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(call.closed.getCause()).isInstanceOf(LinkageError.class);
    assertThat(recorded).containsExactly("message", "cancel");
  }

  @Test
  void anEndDuringAHandlersFailureIsDeliveredOnce() {
    pending.onMessage(ChargeRequest.getDefaultInstance());
    pending.onHalfClose();
    pending.onCancel();

    pending.start(call, () -> new Failing("half close"));

    assertThat(recorded).containsExactly("message", "half close", "cancel");
  }

  @Test
  void aHandlerThatFailsToStartEndsTheCall() {
    pending.onMessage(ChargeRequest.getDefaultInstance());

    pending.start(
        call,
        () -> {
          throw new IllegalStateException("no");
        });
    pending.onComplete();

    assertThat(call.closed).isNotNull();
    assertThat(call.closed.getCause()).hasMessage("no");
  }

  /** A handler with a linkage error in one callback. */
  private final class Failing extends ServerCall.Listener<ChargeRequest> {

    private final String at;

    Failing(String at) {
      this.at = at;
    }

    @Override
    public void onMessage(ChargeRequest message) {
      record("message");
    }

    @Override
    public void onHalfClose() {
      record("half close");
    }

    @Override
    public void onCancel() {
      record("cancel");
    }

    private void record(String event) {
      recorded.add(event);
      if (event.equals(at)) {
        throw new NoClassDefFoundError("a/B");
      }
    }
  }

  private static final class OpenCall extends ServerCall<ChargeRequest, ChargeResponse> {

    @Nullable Status closed;

    @Override
    public void close(Status status, Metadata trailers) {
      closed = status;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(ChargeResponse message) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<ChargeRequest, ChargeResponse> getMethodDescriptor() {
      return BankGatewayGrpc.getChargeMethod();
    }
  }
}
