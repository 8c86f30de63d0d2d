package dev.platform.starter.test.etcd;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that read and write sockets. Holding them makes a server that is as silent as a
 * stopped process: the kernel still accepts connections and bytes, and nobody looks at them.
 */
final class FreezableLoops {

  private static final int WORKERS = 2;

  private final EventLoopGroup acceptor =
      new NioEventLoopGroup(1, new DefaultThreadFactory("embedded-etcd-accept", true));
  private final EventLoopGroup workers =
      new NioEventLoopGroup(WORKERS, new DefaultThreadFactory("embedded-etcd-io", true));
  private @Nullable CountDownLatch held; // guarded by this

  EventLoopGroup acceptor() {
    return acceptor;
  }

  EventLoopGroup workers() {
    return workers;
  }

  /** Returns once no loop does anything any more. */
  synchronized void freeze() {
    if (held != null) {
      return;
    }
    List<EventExecutor> loops = new ArrayList<>();
    acceptor.forEach(loops::add);
    workers.forEach(loops::add);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(loops.size());
    for (EventExecutor loop : loops) {
      loop.execute(
          () -> {
            entered.countDown();
            awaitUninterruptibly(release);
          });
    }
    held = release;
    awaitUninterruptibly(entered);
  }

  synchronized void thaw() {
    if (held != null) {
      held.countDown();
      held = null;
    }
  }

  void shutdown() {
    thaw();
    workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
