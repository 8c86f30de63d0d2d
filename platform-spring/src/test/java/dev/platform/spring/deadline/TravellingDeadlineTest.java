package dev.platform.spring.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

class TravellingDeadlineTest {

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  ContextPropagationAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
          .withUserConfiguration(Background.class);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void theRemainingTimeIsPropagatedToAsyncMethodsAndExecutors() {
    app.run(
        context -> {
          Background background = context.getBean(Background.class);
          Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
          Deadline deadline = Deadline.after(1, TimeUnit.MINUTES);
          Context.CancellableContext call = Context.current().withDeadline(deadline, timer);
          assertThat(call.call(background::deadline).get(20, TimeUnit.SECONDS)).isEqualTo(deadline);
          assertThat(call.call(() -> deadlineOn(executor))).isEqualTo(deadline);
          call.cancel(null);
          assertThat(deadlineOn(executor)).as("the thread's context is restored").isNull();
        });
  }

  @Test
  void aForkedContextDetachesWorkFromTheCall() {
    app.run(
        context -> {
          Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
          Context.CancellableContext call =
              Context.current().withDeadline(Deadline.after(1, TimeUnit.MINUTES), timer);
          CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
          call.call(
              () -> {
                Context.current()
                    .fork()
                    .run(
                        () ->
                            executor.execute(
                                () -> {
                                  call.cancel(null);
                                  cancelled.complete(Context.current().isCancelled());
                                }));
                return null;
              });
          assertThat(cancelled.get(20, TimeUnit.SECONDS)).isFalse();
        });
  }

  private static @Nullable Deadline deadlineOn(Executor executor) throws Exception {
    return CompletableFuture.supplyAsync(() -> Context.current().getDeadline(), executor)
        .get(20, TimeUnit.SECONDS);
  }

  @EnableAsync
  static class Background {
    @Async
    public CompletableFuture<@Nullable Deadline> deadline() {
      return CompletableFuture.completedFuture(Context.current().getDeadline());
    }
  }
}
