package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;

/** A call with messages of raw bytes; the test decides if the call ends. */
final class BytesCall extends ClientCall.Listener<byte[]> {

  private final ClientCall<byte[], byte[]> call;
  final CompletableFuture<Status> end = new CompletableFuture<>();

  private BytesCall(ClientCall<byte[], byte[]> call) {
    this.call = call;
  }

  /** Starts a call of any method. */
  static BytesCall begin(Channel channel, MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            // All method types look alike on the wire; a streaming call sends its headers at once.
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(method.getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    BytesCall call = new BytesCall(channel.newCall(raw, CallOptions.DEFAULT));
    call.start();
    return call;
  }

  private void start() {
    call.start(this, new Metadata());
    call.request(10);
  }

  void send(byte[] message) {
    call.sendMessage(message);
  }

  void halfClose() {
    call.halfClose();
  }

  void endsWith(Status.Code code, String description) {
    endsWithCode(code);
    assertThat(end.join().getDescription()).isEqualTo(description);
  }

  void endsWithCode(Status.Code code) {
    await().atMost(Duration.ofSeconds(10)).until(end::isDone);
    assertThat(end.join().getCode()).as(end.join().toString()).isEqualTo(code);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    end.complete(status);
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
