package dev.platform.simulation;

import com.google.protobuf.GeneratedMessageV3;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Deadline;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A unary call of a service as grpc-java makes it: tracers, pick, stream, deadline. */
final class ServiceCall<Q, A> extends ClientCall<Q, A> {

  private static final long TRIP = 200_000;

  private final ServiceChannel channel;
  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private final @Nullable ServiceSubchannel fixed;
  private final List<ClientStreamTracer> tracers = new ArrayList<>();
  private @Nullable Listener<A> listener;
  private Metadata headers = new Metadata();
  private @Nullable ServiceSubchannel subchannel;
  private Loop.@Nullable Event timer;
  private boolean over;

  /**
   * @param fixed the connection of a health check; null to pick one
   */
  ServiceCall(
      ServiceChannel channel,
      MethodDescriptor<Q, A> method,
      CallOptions options,
      @Nullable ServiceSubchannel fixed) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    this.fixed = fixed;
  }

  @Override
  public void start(Listener<A> answers, Metadata sent) {
    listener = answers;
    headers = sent;
    StreamInfo info = StreamInfo.newBuilder().setCallOptions(options).build();
    for (ClientStreamTracer.Factory each : options.getStreamTracerFactories()) {
      tracers.add(each.newClientStreamTracer(info, headers));
    }
    Deadline deadline = options.getDeadline();
    if (deadline != null) {
      timer =
          channel
              .machine()
              .after(
                  Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)),
                  () -> end(Status.DEADLINE_EXCEEDED, new Metadata()));
    }
    if (fixed != null) {
      sendOn(fixed);
    } else {
      channel.pick(this);
    }
  }

  /** Asks the policy; returns false while it has no answer. */
  boolean pick(SubchannelPicker picker) {
    if (over) {
      return true;
    }
    PickResult pick = picker.pickSubchannel(new Args());
    if (pick.getSubchannel() instanceof ServiceSubchannel chosen) {
      if (!chosen.isReady()) {
        return false;
      }
      if (pick.getStreamTracerFactory() != null) {
        tracers.add(
            pick.getStreamTracerFactory()
                .newClientStreamTracer(
                    StreamInfo.newBuilder().setCallOptions(options).build(), headers));
      }
      sendOn(chosen);
      return true;
    }
    if (!pick.getStatus().isOk()) {
      channel.observer().notSent(pick.getStatus());
      end(pick.getStatus(), new Metadata());
      return true;
    }
    return false;
  }

  private void sendOn(ServiceSubchannel chosen) {
    Callee callee = chosen.callee();
    if (callee == null) {
      end(Status.UNAVAILABLE.withDescription("not connected"), new Metadata());
      return;
    }
    subchannel = chosen;
    chosen.add(this);
    tracers.forEach(tracer -> tracer.streamCreated(chosen.transport(), headers));
    if (fixed == null) {
      channel.observer().sent(callee);
    }
    boolean check = HealthGrpc.SERVICE_NAME.equals(method.getServiceName());
    channel
        .machine()
        .loop()
        .after(
            TRIP,
            () -> {
              if (chosen.isUnknownToServer()) {
                chosen.closedByServer();
              } else {
                callee.serve(this, check);
              }
            });
  }

  /** From the server. */
  void answered(Status status, Metadata trailers) {
    Machine machine = channel.machine();
    machine.loop().after(TRIP, () -> machine.receive(() -> arrived(status, trailers)));
  }

  @SuppressWarnings("unchecked") // the answers of both methods
  private void arrived(Status status, Metadata trailers) {
    Listener<A> known = listener;
    if (over || known == null || subchannel == null) {
      return;
    }
    if (status.isOk()) {
      tracers.forEach(ClientStreamTracer::inboundHeaders);
      tracers.forEach(tracer -> tracer.inboundMessage(0));
      known.onHeaders(new Metadata());
      GeneratedMessageV3 message =
          fixed == null ? ServiceChannel.ANSWER : HealthCheckResponse.getDefaultInstance();
      known.onMessage((A) message);
    }
    tracers.forEach(tracer -> tracer.inboundTrailers(trailers));
    end(status, trailers);
  }

  /** Its connection is lost. */
  void lost(Status status) {
    end(status, new Metadata());
  }

  private void end(Status status, Metadata trailers) {
    if (over) {
      return;
    }
    over = true;
    if (timer != null) {
      timer.cancel();
    }
    ServiceSubchannel sentOn = subchannel;
    if (sentOn != null) {
      sentOn.remove(this);
      if (fixed == null && sentOn.callee() != null) {
        channel.observer().ended(sentOn.callee(), status);
      }
    }
    tracers.forEach(tracer -> tracer.streamClosed(status));
    if (listener != null) {
      listener.onClose(status, trailers);
    }
  }

  @Override
  public void request(int messages) {
    // There is one, which comes by itself.
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    end(Status.CANCELLED.withDescription(message), new Metadata());
  }

  @Override
  public void halfClose() {
    // The request is complete with its message.
  }

  @Override
  public void sendMessage(Q message) {
    // What it says does not matter.
  }

  @Override
  public Attributes getAttributes() {
    return subchannel == null ? Attributes.EMPTY : subchannel.transport();
  }

  /** Whether it is a health check. */
  boolean isCheck() {
    return fixed != null;
  }

  private final class Args extends PickSubchannelArgs {

    @Override
    public CallOptions getCallOptions() {
      return options;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return method;
    }
  }
}
