package dev.platform.core.resolver;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Makes the resolvers of one scheme. */
abstract sealed class ServiceNameResolverProvider extends NameResolverProvider
    permits EtcdNameResolverProvider, DiscoveryNameResolverProvider {

  private final String scheme;

  ServiceNameResolverProvider(String scheme) {
    this.scheme = scheme;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /** Below DNS, so that a target without a scheme still resolves by DNS. */
  @Override
  protected int priority() {
    return 4;
  }

  @Override
  public String getDefaultScheme() {
    return scheme;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  /**
   * @throws IllegalArgumentException for a target without a service name
   */
  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    String path = target.getPath();
    if (path == null || path.length() < 2 || path.indexOf('/', 1) > 0) {
      throw new IllegalArgumentException(
          "%s (expected: %s:///service-name)".formatted(target, scheme));
    }
    return new ServiceNameResolver(
        scheme,
        path.substring(1),
        args,
        ResolverContexts.jvm(),
        InetAddress::getAllByName,
        RandomGenerator.getDefault());
  }
}
