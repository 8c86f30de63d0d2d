package dev.platform.core.start;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.concurrent.TimeUnit;

/** Makes calls to the process itself, so that what every call needs is loaded and compiled. */
public final class CallsWarmUp implements WarmUp {

  private static final int CALLS = 200;
  private static final long PATIENCE_SECONDS = 5;

  @Override
  public void run(WarmUpRun run) throws Exception {
    HealthBlockingStub health =
        HealthGrpc.newBlockingStub(run.serve(new HealthStatusManager().getHealthService()));
    HealthCheckRequest request = HealthCheckRequest.getDefaultInstance();
    run.repeat(
        CALLS, () -> health.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS).check(request));
  }
}
