package dev.platform.starter.test.collapse;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Sends one request of an application's users. */
@FunctionalInterface
public interface Request {

  /**
   * Sends a request and returns at once. What is returned completes with any value for a good
   * answer, and with an exception for every other one. It must complete at last: give the request a
   * deadline of its own.
   */
  CompletionStage<?> send() throws Exception;

  /** A request by a gRPC future stub: any answer with OK is good. */
  static Request future(Callable<? extends ListenableFuture<?>> call) {
    return () -> {
      CompletableFuture<Object> answer = new CompletableFuture<>();
      Futures.addCallback(
          call.call(),
          new FutureCallback<Object>() {
            @Override
            public void onSuccess(@Nullable Object result) {
              answer.complete(true);
            }

            @Override
            public void onFailure(Throwable failure) {
              answer.completeExceptionally(failure);
            }
          },
          MoreExecutors.directExecutor());
      return answer;
    };
  }

  /**
   * A request that blocks a thread: good if the call returns.
   *
   * @param executor needs a thread for each request under way; one that is bounded delays requests
   *     where the application's users would not wait
   */
  static Request blocking(Callable<?> call, Executor executor) {
    return () ->
        CompletableFuture.runAsync(
            () -> {
              try {
                call.call();
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            },
            executor);
  }
}
