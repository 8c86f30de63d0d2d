package dev.platform.starter.test.etcd;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One run of an embedded server, from bind to the end of its last thread. */
final class EtcdNode {

  private static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
  private static final long TICK_MILLIS = 20;

  /** etcd's default; grpc-java's would reject clients that ping every minute. */
  private static final long MIN_PING_SECONDS = 5;

  private final EtcdState state;
  private final NodeTransport transport = NodeTransport.available();
  private final FreezableLoops loops = new FreezableLoops(transport.loops());
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, EtcdNode::timerThread);
  private final WatchHub hub;
  private final Server server;

  private EtcdNode(EtcdState state, NodeSettings settings, Member member) {
    this.state = state;
    this.hub = new WatchHub(timer, settings.ticker(), settings.progressInterval());
    Faults faults = settings.faults();
    // Requests are short and never block, so they run where they are read.
    NodeTls tls = settings.tls();
    ServerCredentials credentials =
        tls == null ? InsecureServerCredentials.create() : tls.credentials();
    ServerBuilder<?> builder =
        transport
            .server(new InetSocketAddress(member.host(), member.port()), credentials)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .permitKeepAliveTime(MIN_PING_SECONDS, TimeUnit.SECONDS)
            .intercept(settings.access())
            .intercept(new DelayedAnswers(faults, timer))
            .addService(new KvService(state, member, faults))
            .addService(new LeaseService(state, member, faults))
            .addService(new WatchService(state, member, hub))
            .addService(new MaintenanceService(state, member, faults))
            .addService(new ClusterService(member))
            .addService(new AuthService(state, member, settings.access()));
    this.server = builder.build();
  }

  private static Thread timerThread(Runnable work) {
    Thread thread = new Thread(work, "embedded-etcd-timer");
    thread.setDaemon(true);
    return thread;
  }

  static EtcdNode start(EtcdState state, NodeSettings settings, Member member) {
    EtcdNode node = new EtcdNode(state, settings, member);
    node.start();
    return node;
  }

  int watchStreams() {
    return hub.streams();
  }

  void freeze() {
    state.stopClock();
    loops.freeze();
  }

  void thaw() {
    loops.thaw();
    state.resumeClock();
  }

  void dropConnections() {
    transport.reset();
  }

  void stop() {
    state.stopClock();
    state.onChange(() -> {});
    loops.thaw();
    // Resets connections before the calls on them end: clients see a crashed server, not a
    // cancelled call.
    server.shutdown();
    transport.reset();
    server.shutdownNow();
    release();
  }

  private void start() {
    state.onChange(hub::wakeAll);
    try {
      server.start();
    } catch (IOException e) {
      state.onChange(() -> {});
      release();
      throw new UncheckedIOException(e.getMessage(), e);
    }
    state.startClock();
    timer.setRemoveOnCancelPolicy(true);
    var unused =
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    state.expireDue();
    hub.reportProgress();
  }

  private void release() {
    timer.shutdownNow();
    loops.thaw();
    transport.shutdown();
    awaitEnd(timer);
  }

  private static void awaitEnd(ScheduledExecutorService timer) {
    try {
      timer.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
