package dev.platform.starter.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Gives etcd's own channel its configured endpoints; never registered for anybody else. */
final class EtcdEndpointsResolver extends NameResolver {

  private final List<EtcdEndpoint> endpoints;

  private EtcdEndpointsResolver(List<EtcdEndpoint> endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public String getServiceAuthority() {
    return endpoints.get(0).host();
  }

  @Override
  public void start(Listener2 listener) {
    List<EquivalentAddressGroup> groups =
        endpoints.stream().map(EtcdEndpointsResolver::group).toList();
    listener.onResult(
        ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
  }

  @Override
  public void shutdown() {}

  private static EquivalentAddressGroup group(EtcdEndpoint endpoint) {
    return new EquivalentAddressGroup(
        endpoint.address(),
        Attributes.newBuilder()
            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.host())
            .build());
  }

  /** Made for one channel, under a scheme that nobody else uses. */
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
      return new EtcdEndpointsResolver(endpoints);
    }
  }
}
