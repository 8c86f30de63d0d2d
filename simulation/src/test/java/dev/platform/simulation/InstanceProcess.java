package dev.platform.simulation;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One process that registers an instance, with the platform's own registrar. */
final class InstanceProcess {

  static final String SERVICE = "payment-service";
  static final Duration TTL = Duration.ofSeconds(10);
  static final InstanceCodec CODEC = new InstanceCodec("", ValueFormat.GRPC);

  /** It still serves for this time after its deregistration. */
  private static final long DRAIN = Loop.SECOND;

  private final Machine machine;
  private final Map<EtcdMember, Link> links;
  private final EtcdChannel channel;
  private final EtcdConnection connection;
  private final EtcdRegistrar registrar;
  private final Instance instance;
  private final Claim claim;
  private final boolean certain;
  private final Calm calm;
  private final Callee callee;
  private long wellSince;
  private boolean claimed;
  private boolean leaving;
  private boolean closed;
  private long diedAt;
  private long renewedAt;
  private long endedAt;
  private long deregisteredAt;

  /**
   * @param address the instance's, which another process may have had before
   * @param certain whether the address is certainly its own
   */
  InstanceProcess(Machine machine, Etcd etcd, String address, boolean certain) {
    this.machine = machine;
    this.certain = certain;
    this.links = links(etcd);
    SimulatedThread thread = new SimulatedThread(machine, "platform-etcd");
    this.channel = new EtcdChannel(machine, thread, links);
    this.connection = connect(machine, thread, channel);
    this.registrar =
        new EtcdRegistrar(
            connection, TTL, machine.clock(), new Random(machine.random().nextLong()));
    this.instance =
        new Instance(
            SERVICE,
            HostAndPort.parse(address),
            Map.of(
                InstanceMetadata.INSTANCE_ID,
                machine.name(),
                InstanceMetadata.STARTED_AT,
                machine.clock().instant().toString()));
    this.claim = Claim.of(CODEC, Set.of(Layout.PLATFORM), instance, () -> certain).get(0);
    this.calm = new Calm(machine.loop().now());
    this.callee = new Callee(machine, address);
    this.wellSince = machine.loop().now();
  }

  static Map<EtcdMember, Link> links(Etcd etcd) {
    Map<EtcdMember, Link> links = new LinkedHashMap<>();
    etcd.members().forEach(member -> links.put(member, new Link()));
    return links;
  }

  static EtcdConnection connect(Machine machine, SimulatedThread thread, EtcdChannel channel) {
    return EtcdConnection.builder(EtcdSettings.defaults())
        .executor(thread)
        .nanoTime(machine::nanoTime)
        .deadlines(machine.deadlines())
        .random(new Random(machine.random().nextLong()))
        .channels(tls -> channel)
        .open();
  }

  Machine machine() {
    return machine;
  }

  Map<EtcdMember, Link> links() {
    return links;
  }

  Link link(int member) {
    return List.copyOf(links.values()).get(member % links.size());
  }

  EtcdChannel channel() {
    return channel;
  }

  EtcdRegistrar registrar() {
    return registrar;
  }

  Instance instance() {
    return instance;
  }

  String id() {
    return machine.name();
  }

  String key() {
    return claim.key();
  }

  String value() {
    return claim.value();
  }

  boolean isCertain() {
    return certain;
  }

  Calm calm() {
    return calm;
  }

  Callee callee() {
    return callee;
  }

  /** Since when it answers calls as it should; a later time if it will not for now. */
  long wellSince() {
    return Math.max(wellSince, callee.failingUntil());
  }

  /** It does not answer calls until then. */
  void unwell(long until) {
    wellSince = Math.max(wellSince, until);
  }

  /** Whether it is alive and wants to be registered. */
  boolean isClaimed() {
    return claimed && machine.isAlive();
  }

  /** When the process ended without deregistration; 0 if it did not. */
  long diedAt() {
    return diedAt;
  }

  /**
   * When etcd may have renewed its lease for the last time after it ended: at its end, or when what
   * a member or the network had held back has arrived; 0 if it did not end.
   */
  long renewedAt() {
    return renewedAt;
  }

  /** What was held back arrives. A renewal counts while etcd has the lease. */
  void heldBackArrives() {
    long now = machine.loop().now();
    if (diedAt > 0 && now - renewedAt <= TTL.toNanos() + Loop.SECOND) {
      renewedAt = now;
    }
  }

  /** Whether it has deregistered for ever. */
  boolean isClosed() {
    return closed;
  }

  /** When it has deregistered, while nothing disturbed that; 0 if it has not. */
  long deregisteredAt() {
    return deregisteredAt;
  }

  void deregistered() {
    deregisteredAt = machine.loop().now();
  }

  /** It is ready: it registers. */
  void claim() {
    if (!claimed && !leaving) {
      claimed = true;
      deregisteredAt = 0;
      calm.disturbed(machine.loop().now());
      machine.receive(() -> registrar.claim(List.of(claim)));
    }
  }

  /** It is not ready for now. */
  void release(Runnable done) {
    if (claimed) {
      claimed = false;
      machine.receive(() -> registrar.release(List.of(claim.key())).thenRun(done));
    }
  }

  /** It deregisters and ends. */
  void leave(Runnable done) {
    if (leaving) {
      return;
    }
    leaving = true;
    claimed = false;
    machine.receive(
        () ->
            registrar
                .close()
                .thenRun(
                    () -> {
                      closed = true;
                      done.run();
                      connection.close();
                      channel.died(false);
                      machine.after(DRAIN, this::end);
                    }));
  }

  /** When it ended, in whatever way; 0 if it did not. */
  long endedAt() {
    return Math.max(diedAt, endedAt);
  }

  private void end() {
    endedAt = machine.loop().now();
    callee.close(false);
    machine.die();
  }

  /**
   * It ends without a word.
   *
   * @param machineToo nobody closes its connections
   */
  void die(boolean machineToo) {
    if (machine.isAlive()) {
      claimed = false;
      diedAt = machine.loop().now();
      renewedAt = diedAt;
      callee.close(machineToo);
      machine.die();
      channel.died(machineToo);
    }
  }
}
