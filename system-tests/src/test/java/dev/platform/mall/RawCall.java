package dev.platform.mall;

import com.google.common.io.ByteStreams;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call with raw bytes that may start, continue and end in any way that HTTP/2 permits. */
final class RawCall extends ClientCall.Listener<byte[]> {

  private static final int MAX_ANSWERS = 1000;

  /**
   * The end of a call.
   *
   * @param answers the first messages received
   */
  record End(Status status, Metadata trailers, List<byte[]> answers) {}

  private final ClientCall<byte[], byte[]> call;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final List<byte[]> answers = new ArrayList<>();

  private RawCall(ClientCall<byte[], byte[]> call) {
    this.call = call;
  }

  /** Starts a call and sends its headers immediately, for every method type. */
  static RawCall start(Channel channel, String method, Duration deadline) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(method)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    RawCall started =
        new RawCall(
            channel.newCall(
                raw,
                CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)));
    started.call.start(started, new Metadata());
    started.call.request(1);
    return started;
  }

  void send(byte[] message) {
    call.sendMessage(message);
  }

  void halfClose() {
    call.halfClose();
  }

  void cancel() {
    call.cancel("the caller has cancelled", null);
  }

  CompletableFuture<End> end() {
    return end;
  }

  @Override
  public void onMessage(byte[] message) {
    answers.add(message);
    if (answers.size() < MAX_ANSWERS) {
      call.request(1);
    } else {
      cancel();
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    end.complete(new End(status, trailers, List.copyOf(answers)));
  }

  private static final class Bytes implements Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return ByteStreams.toByteArray(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
