package dev.platform.benchmarks.peers.grpcjava;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code static:///127.0.0.1:1,127.0.0.1:2}: grpc-java has no list of addresses. */
final class StaticResolverProvider extends NameResolverProvider {

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    if (!getDefaultScheme().equals(target.getScheme())) {
      return null;
    }
    List<EquivalentAddressGroup> addresses =
        Stream.of(target.getPath().substring(1).split(","))
            .map(address -> address.split(":"))
            .map(address -> new InetSocketAddress(address[0], Integer.parseInt(address[1])))
            .map(address -> new EquivalentAddressGroup((SocketAddress) address))
            .toList();
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "static";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult2(
            ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(addresses))
                .build());
      }

      @Override
      public void shutdown() {}
    };
  }

  @Override
  public String getDefaultScheme() {
    return "static";
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
}
