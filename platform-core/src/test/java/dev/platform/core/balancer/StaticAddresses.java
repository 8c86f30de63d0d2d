package dev.platform.core.balancer;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** Resolves {@code static-addresses:///x} to some servers, for the platform's balancer. */
final class StaticAddresses extends NameResolverProvider {

  private final Supplier<List<EquivalentAddressGroup>> servers;
  private final BalancerContext context;

  StaticAddresses(Supplier<List<EquivalentAddressGroup>> servers, BalancerContext context) {
    this.servers = servers;
    this.context = context;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 1;
  }

  @Override
  public String getDefaultScheme() {
    return "static-addresses";
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new NameResolver() {

      @Override
      public String getServiceAuthority() {
        return "x";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult(
            ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(servers.get()))
                .setAttributes(Attributes.newBuilder().set(BalancerContext.KEY, context).build())
                .build());
      }

      @Override
      public void shutdown() {}
    };
  }
}
