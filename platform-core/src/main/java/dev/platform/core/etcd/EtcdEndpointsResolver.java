package dev.platform.core.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the channel to etcd to the configured endpoints, whose names are looked up again
 * whenever a connection fails. Not registered with gRPC: only that channel uses it.
 */
final class EtcdEndpointsResolver extends NameResolver {

  private final List<EtcdEndpoint> endpoints;
  private final Executor lookups;
  private volatile @Nullable Listener2 listener;

  private EtcdEndpointsResolver(List<EtcdEndpoint> endpoints, Executor lookups) {
    this.endpoints = endpoints;
    this.lookups = lookups;
  }

  @Override
  public String getServiceAuthority() {
    return endpoints.get(0).host();
  }

  @Override
  public void start(Listener2 channel) {
    listener = channel;
    refresh();
  }

  @Override
  public void refresh() {
    lookups.execute(this::lookUp);
  }

  @Override
  public void shutdown() {
    listener = null;
  }

  private void lookUp() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (EtcdEndpoint endpoint : endpoints) {
      try {
        for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
          groups.add(group(endpoint, address));
        }
      } catch (UnknownHostException e) {
        unknown.add(endpoint.host());
      }
    }
    Listener2 channel = listener;
    if (channel == null) {
      return;
    }
    StatusOr<List<EquivalentAddressGroup>> result =
        groups.isEmpty()
            ? StatusOr.fromStatus(
                Status.UNAVAILABLE.withDescription("unknown host " + String.join(", ", unknown)))
            : StatusOr.fromValue(groups);
    channel.onResult(ResolutionResult.newBuilder().setAddressesOrError(result).build());
  }

  private static EquivalentAddressGroup group(EtcdEndpoint endpoint, InetAddress address) {
    return new EquivalentAddressGroup(
        new InetSocketAddress(address, endpoint.port()),
        Attributes.newBuilder()
            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.host())
            .build());
  }

  /** Created for one channel, under a scheme of its own. */
  static final class Provider extends NameResolverProvider {

    static final String SCHEME = "platform-etcd-endpoints";

    private final List<EtcdEndpoint> endpoints;

    Provider(List<EtcdEndpoint> endpoints) {
      this.endpoints = endpoints;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return Set.of(InetSocketAddress.class);
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      Executor offload = args.getOffloadExecutor();
      if (offload == null) {
        throw new IllegalStateException("gRPC gave no executor for look-ups");
      }
      return new EtcdEndpointsResolver(endpoints, offload);
    }
  }
}
