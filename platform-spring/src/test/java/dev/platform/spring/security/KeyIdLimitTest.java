package dev.platform.spring.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyIdLimitTest {

  private static final String KEY = "RS256 k1";
  private static final int CALLS = 40;

  private final ExecutorService calls = Executors.newFixedThreadPool(CALLS);
  private final KeyIdLimit limit = new KeyIdLimit(5, () -> 0);

  @AfterEach
  void stop() {
    calls.shutdownNow();
  }

  @Test
  void aBurstOfGoodTokensAtAServerThatKnowsNoKeyIsAccepted() throws Exception {
    assertThat(limit.permits(KEY)).isTrue();
    List<Future<Boolean>> others = start();
    await().until(() -> limit.waiting() == CALLS);

    limit.accepted(KEY);
    limit.done(KEY);

    assertThat(permitted(others)).isEqualTo(CALLS);
  }

  @Test
  void aBurstOfBadTokensWaitsOnce() throws Exception {
    assertThat(limit.permits(KEY)).isTrue();
    List<Future<Boolean>> others = start();
    await().until(() -> limit.waiting() == CALLS);

    limit.done(KEY);

    assertThat(permitted(others)).isEqualTo(4);
  }

  private List<Future<Boolean>> start() {
    List<Future<Boolean>> started = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      started.add(calls.submit(() -> limit.permits(KEY)));
    }
    return started;
  }

  private static long permitted(List<Future<Boolean>> calls) throws Exception {
    long permitted = 0;
    for (Future<Boolean> call : calls) {
      permitted += call.get() ? 1 : 0;
    }
    return permitted;
  }
}
