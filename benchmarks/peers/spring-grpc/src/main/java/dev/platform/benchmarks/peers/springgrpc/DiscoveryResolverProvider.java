package dev.platform.benchmarks.peers.springgrpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.event.EventListener;

/**
 * Resolves {@code cloud:///name} by Spring Cloud's discovery, again at each of its heartbeats,
 * which ZooKeeper's changes cause, and when a connection fails.
 */
final class DiscoveryResolverProvider extends NameResolverProvider {

  static final String SCHEME = "cloud";

  /** The metadata with the gRPC port, as net.devh's starter names it. */
  static final String GRPC_PORT = "gRPC_port";

  private final DiscoveryClient discovery;
  private final Executor lookups = Executors.newSingleThreadExecutor();
  private final Set<Resolver> resolvers = ConcurrentHashMap.newKeySet();

  DiscoveryResolverProvider(DiscoveryClient discovery) {
    this.discovery = discovery;
    NameResolverRegistry.getDefaultRegistry().register(this);
  }

  @EventListener
  void changed(HeartbeatEvent event) {
    resolvers.forEach(Resolver::refresh);
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    if (!SCHEME.equals(target.getScheme())) {
      return null;
    }
    Resolver resolver =
        new Resolver(target.getPath().substring(1), arguments.getSynchronizationContext());
    resolvers.add(resolver);
    return resolver;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 4;
  }

  private final class Resolver extends NameResolver {

    private final String name;
    private final SynchronizationContext context;
    private volatile @Nullable Listener2 listener;

    Resolver(String name, SynchronizationContext context) {
      this.name = name;
      this.context = context;
    }

    @Override
    public String getServiceAuthority() {
      return name;
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      lookups.execute(this::lookUp);
    }

    private void lookUp() {
      Listener2 current = listener;
      if (current == null) {
        return;
      }
      ResolutionResult result =
          ResolutionResult.newBuilder().setAddressesOrError(addresses()).build();
      context.execute(() -> current.onResult2(result));
    }

    private StatusOr<List<EquivalentAddressGroup>> addresses() {
      try {
        List<EquivalentAddressGroup> addresses =
            discovery.getInstances(name).stream().map(Resolver::address).toList();
        return addresses.isEmpty()
            ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no instance of " + name))
            : StatusOr.fromValue(addresses);
      } catch (RuntimeException e) {
        return StatusOr.fromStatus(Status.UNAVAILABLE.withCause(e));
      }
    }

    private static EquivalentAddressGroup address(ServiceInstance instance) {
      Map<String, String> metadata = Objects.requireNonNull(instance.getMetadata());
      int port = Integer.parseInt(metadata.get(GRPC_PORT));
      return new EquivalentAddressGroup(new InetSocketAddress(instance.getHost(), port));
    }

    @Override
    public void shutdown() {
      resolvers.remove(this);
    }
  }
}
