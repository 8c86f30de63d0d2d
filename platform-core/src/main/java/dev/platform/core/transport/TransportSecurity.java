package dev.platform.core.transport;

import dev.platform.core.identity.PeerIdentityFilter;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.instance.InstanceMetadata;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secures the connections between services by mutual TLS: on servers, and on channels to discovered
 * services. Certificates can be replaced at any time: the next handshake uses the new ones,
 * connections live on until they are too old. Thread-safe, never blocks.
 */
public final class TransportSecurity implements MeterBinder {

  private static final Logger log = LoggerFactory.getLogger(TransportSecurity.class);

  private final TransportMode mode;
  private final WorkloadIdentities identities;
  private final List<Negotiators> negotiators;
  private final Duration maxConnectionAge;
  private final Duration maxConnectionAgeGrace;
  private final Clock clock;
  private final Map<HandshakeFailure, AtomicLong> failures = new EnumMap<>(HandshakeFailure.class);
  private volatile @Nullable TransportCertificates certificates;

  private TransportSecurity(
      Builder builder, TransportMode mode, @Nullable TransportCertificates certificates) {
    this.mode = mode;
    this.identities = builder.identities;
    this.maxConnectionAge = builder.maxConnectionAge;
    this.maxConnectionAgeGrace = builder.maxConnectionAgeGrace;
    this.clock = builder.clock;
    // What only a client finds is no failure of a server.
    for (HandshakeFailure reason :
        EnumSet.complementOf(EnumSet.of(HandshakeFailure.FOREIGN_SERVICE))) {
      failures.put(reason, new AtomicLong());
    }
    if (certificates == null) {
      this.negotiators = List.of();
    } else {
      this.negotiators = Negotiators.available(mode, identities, this::failed);
      use(certificates);
    }
  }

  private void failed(HandshakeFailure reason) {
    AtomicLong count = failures.get(reason);
    if (count != null) {
      count.incrementAndGet();
    }
  }

  /** No TLS; servers still say of their peers that nothing is proved. */
  public static TransportSecurity plaintext() {
    return new TransportSecurity(new Builder(), TransportMode.PLAINTEXT, null);
  }

  /**
   * Returns a builder.
   *
   * @throws IllegalArgumentException for {@link TransportMode#PLAINTEXT}, which has no certificates
   */
  public static Builder builder(TransportMode mode, TransportCertificates certificates) {
    if (mode == TransportMode.PLAINTEXT) {
      throw new IllegalArgumentException("mode: PLAINTEXT (expected: STRICT or PERMISSIVE)");
    }
    return new Builder(mode, certificates);
  }

  /** Configures it; everything but the mode and the certificates has a default. */
  public static final class Builder {

    private final TransportMode mode;
    private final @Nullable TransportCertificates certificates;
    private WorkloadIdentities identities = WorkloadIdentities.of(null, List.of());
    private Duration maxConnectionAge = Duration.ofMinutes(30);
    private Duration maxConnectionAgeGrace = Duration.ofMinutes(5);
    private Clock clock = Clock.systemUTC();

    private Builder() {
      this.mode = TransportMode.PLAINTEXT;
      this.certificates = null;
    }

    private Builder(TransportMode mode, TransportCertificates certificates) {
      this.mode = mode;
      this.certificates = certificates;
    }

    /** Which workload a certificate proves; by default those of DNS names only. */
    public Builder identities(WorkloadIdentities known) {
      this.identities = known;
      return this;
    }

    /**
     * How old a server's connections get, so that no revoked certificate lives for ever.
     *
     * @param age by default 30 minutes, ±10 % by gRPC; zero for no limit
     * @param grace how long calls under way may take then, by default 5 minutes
     */
    public Builder maxConnectionAge(Duration age, Duration grace) {
      this.maxConnectionAge = age;
      this.maxConnectionAgeGrace = grace;
      return this;
    }

    /** The time by which certificates expire in meters and warnings. */
    public Builder clock(Clock wallClock) {
      this.clock = wallClock;
      return this;
    }

    /**
     * Builds it.
     *
     * @throws IllegalArgumentException if the certificates can't be used
     */
    public TransportSecurity build() {
      return new TransportSecurity(this, mode, certificates);
    }
  }

  /** How connections are secured. */
  public TransportMode mode() {
    return mode;
  }

  /** Whether there is any TLS. */
  public boolean isEncrypted() {
    return mode != TransportMode.PLAINTEXT;
  }

  /** The process's own certificate. */
  public Optional<X509Certificate> certificate() {
    return Optional.ofNullable(certificates).map(TransportCertificates::certificate);
  }

  /** The workload that the process's own certificate proves. */
  public Optional<String> workload() {
    return certificate().map(own -> identities.workload(own).workload());
  }

  /** Whether clients accept the process's own certificate for this service. */
  public boolean serves(String service) {
    return certificate().filter(own -> identities.serves(own, service)).isPresent();
  }

  /** What servers write into an instance's metadata, for permissive clients. */
  public Map<String, String> metadata() {
    return isEncrypted() ? Map.of(InstanceMetadata.TLS, InstanceMetadata.MUTUAL) : Map.of();
  }

  /**
   * Replaces the certificates. Those that can't be used, or aren't valid now, are refused with a
   * warning; the old ones stay then. Never throws for what they contain.
   */
  public void replace(TransportCertificates next) {
    try {
      next.certificate().checkValidity(Date.from(clock.instant()));
      use(next);
    } catch (CertificateException | RuntimeException e) {
      log.warn("{} has changed and can't be used, keeping the old one: {}", next, e.getMessage());
      return;
    }
    log.info(
        "{} has changed, handshakes use the new one, valid until {}",
        next,
        next.certificate().getNotAfter().toInstant());
  }

  private synchronized void use(TransportCertificates next) {
    List<Negotiators.Prepared> prepared =
        negotiators.stream().map(each -> each.prepare(next)).toList();
    prepared.forEach(Negotiators.Prepared::use);
    certificates = next;
  }

  /**
   * Secures a server, and identifies its peers.
   *
   * @param builder one of gRPC's Netty, without credentials of its own
   * @throws IllegalArgumentException if it is another one
   */
  public void secure(ServerBuilder<?> builder) {
    if (isEncrypted() && negotiators.stream().noneMatch(each -> each.secure(builder))) {
      throw new IllegalArgumentException(
          "%s can't be secured (expected: the builder of grpc-netty or grpc-netty-shaded)"
              .formatted(builder.getClass().getName()));
    }
    identifyPeers(builder);
    limitAge(builder);
  }

  /**
   * Identifies the peers of a server: a part of {@link #secure}, for one in plaintext or with
   * credentials. One in this process has no peers.
   */
  public void identifyPeers(ServerBuilder<?> builder) {
    if (!(builder instanceof InProcessServerBuilder)) {
      builder.addTransportFilter(new PeerIdentityFilter(identities));
    }
  }

  /**
   * Limits the age of a server's connections: a part of {@link #secure}, for one with {@link
   * #serverCredentials}. Does nothing without TLS.
   */
  public void limitAge(ServerBuilder<?> builder) {
    if (isEncrypted() && !maxConnectionAge.isZero()) {
      builder.maxConnectionAge(maxConnectionAge.toNanos(), TimeUnit.NANOSECONDS);
      builder.maxConnectionAgeGrace(maxConnectionAgeGrace.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Secures a channel to a discovered service. The channel's authority must be the service's name,
   * as it is for {@code discovery:///} and {@code etcd:///}.
   *
   * @param builder one of gRPC's Netty, without credentials of its own
   * @throws IllegalArgumentException if it is another one
   */
  public void secure(ManagedChannelBuilder<?> builder) {
    if (isEncrypted() && negotiators.stream().noneMatch(each -> each.secure(builder))) {
      throw new IllegalArgumentException(
          "%s can't be secured (expected: the builder of grpc-netty or grpc-netty-shaded)"
              .formatted(builder.getClass().getName()));
    }
  }

  /**
   * The same for builders that are made with credentials, of the Netty that gRPC itself would
   * choose; {@link #identifyPeers} and {@link #limitAge} do the rest.
   *
   * @throws IllegalStateException without TLS
   */
  public ServerCredentials serverCredentials() {
    return preferred().serverCredentials();
  }

  /**
   * The same as {@link #secure(ManagedChannelBuilder)} for builders that are made with credentials,
   * of the Netty that gRPC itself would choose.
   *
   * @throws IllegalStateException without TLS
   */
  public ChannelCredentials channelCredentials() {
    return preferred().channelCredentials();
  }

  private Negotiators preferred() {
    return negotiators.stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no TLS in mode " + mode));
  }

  /** Registers how long the certificate is valid, and the failed handshakes of servers. */
  @Override
  public void bindTo(MeterRegistry meters) {
    if (!isEncrypted()) {
      return;
    }
    TimeGauge.builder(
            "platform.security.certificate.expiry",
            this,
            TimeUnit.SECONDS,
            TransportSecurity::secondsLeft)
        .description("Time until the process's own certificate expires; negative if it has")
        .register(meters);
    failures.forEach(
        (reason, count) ->
            FunctionCounter.builder("platform.security.handshake.failures", count, AtomicLong::get)
                .description("TLS handshakes that failed on servers, by reason")
                .tag("reason", reason.tag())
                .register(meters));
  }

  private double secondsLeft() {
    Function<X509Certificate, Instant> end = own -> own.getNotAfter().toInstant();
    return certificate()
        .map(end)
        .map(until -> (double) Duration.between(clock.instant(), until).toSeconds())
        .orElse(Double.NaN);
  }
}
