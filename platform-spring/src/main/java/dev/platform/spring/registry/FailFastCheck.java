package dev.platform.spring.registry;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdUnavailableException;
import io.etcd.jetcd.api.RangeRequest;
import java.util.concurrent.ExecutionException;
import org.springframework.context.SmartLifecycle;

/**
 * With {@code platform.registry.fail-fast} the application does not start without etcd. Runs before
 * any server.
 */
final class FailFastCheck implements SmartLifecycle {

  private final EtcdConnection connection;
  private final String root;
  private volatile boolean running;

  FailFastCheck(EtcdConnection connection, String root) {
    this.connection = connection;
    this.root = root;
  }

  @Override
  public void start() {
    try {
      connection
          .kv()
          .range(
              RangeRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8(root))
                  .setCountOnly(true)
                  .build())
          .get();
      running = true;
    } catch (ExecutionException e) {
      throw new EtcdUnavailableException(
          "platform.registry.fail-fast is set, and " + connection.availability().describe());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EtcdUnavailableException("Interrupted while waiting for etcd at start");
    }
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
