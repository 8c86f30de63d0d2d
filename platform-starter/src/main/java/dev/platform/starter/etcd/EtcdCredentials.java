package dev.platform.starter.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Signs in with user and password and puts etcd's token on each call. The token is fetched when it
 * is first needed and again after etcd has refused it. Never blocks.
 */
final class EtcdCredentials extends CallCredentials {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final Channel channel;
  private final AuthenticateRequest request;
  private final Duration timeout;
  // guarded by this
  private @Nullable String token;
  private boolean signingIn;
  private final List<MetadataApplier> waiting = new ArrayList<>();

  /** {@code channel} must be one that these credentials are not put on. */
  EtcdCredentials(Channel channel, String username, String password, Duration timeout) {
    this.channel = channel;
    this.request =
        AuthenticateRequest.newBuilder().setName(username).setPassword(password).build();
    this.timeout = timeout;
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    String known;
    boolean signIn;
    synchronized (this) {
      known = token;
      signIn = known == null && !signingIn;
      if (known == null) {
        waiting.add(applier);
        signingIn = true;
      }
    }
    if (known != null) {
      applier.apply(headers(known));
    } else if (signIn) {
      signIn();
    }
  }

  /** The token is no longer good. */
  synchronized void forget() {
    token = null;
  }

  private void signIn() {
    AuthGrpc.newStub(channel)
        .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .authenticate(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(AuthenticateResponse answer) {
                Metadata headers = headers(answer.getToken());
                signedIn(answer.getToken()).forEach(applier -> applier.apply(headers));
              }

              @Override
              public void onError(Throwable failure) {
                Status status = Status.fromThrowable(failure);
                signedIn(null).forEach(applier -> applier.fail(status));
              }

              @Override
              public void onCompleted() {}
            });
  }

  private synchronized List<MetadataApplier> signedIn(@Nullable String fresh) {
    token = fresh;
    signingIn = false;
    List<MetadataApplier> appliers = List.copyOf(waiting);
    waiting.clear();
    return appliers;
  }

  private static Metadata headers(String token) {
    Metadata headers = new Metadata();
    headers.put(TOKEN, token);
    return headers;
  }
}
