package dev.platform.starter;

import dev.platform.core.call.ClientNameInterceptor;
import dev.platform.core.call.DiscoveredCalls;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives the calls of a channel with an address of its own the name of its client. A discovered
 * channel has the name of the service, which several clients may share; its calls are marked.
 */
final class NamedChannels implements BeanPostProcessor {

  static final Set<String> DISCOVERED = Set.of("discovery", "etcd");

  /** Without an address, such a name is resolved by discovery; others may be addresses. */
  private static final Pattern SERVICE = Pattern.compile("[\\w.-]+");

  private final ObjectProvider<GrpcChannelsProperties> channels;

  NamedChannels(ObjectProvider<GrpcChannelsProperties> channels) {
    this.channels = channels;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof GrpcChannelFactory factory ? new Named(factory, channels) : bean;
  }

  private record Named(GrpcChannelFactory factory, ObjectProvider<GrpcChannelsProperties> channels)
      implements GrpcChannelFactory {

    @Override
    public Channel createChannel(
        String name, List<ClientInterceptor> interceptors, boolean sortInterceptors) {
      Channel channel = factory.createChannel(name, interceptors, sortInterceptors);
      URI address = channels.getObject().getChannel(name).getAddress();
      if (address != null
          && address.getScheme() != null
          && !DISCOVERED.contains(address.getScheme())) {
        return ClientInterceptors.intercept(channel, new ClientNameInterceptor(name));
      }
      return isDiscovered(name, address)
          ? ClientInterceptors.intercept(channel, new DiscoveredCalls())
          : channel;
    }

    private static boolean isDiscovered(String name, @Nullable URI address) {
      return address == null
          ? SERVICE.matcher(name).matches() || DiscoveredCalls.isDiscovered(name)
          : DiscoveredCalls.isDiscovered(address.toString());
    }

    @Override
    public Map<String, ConnectivityState> getConnectivityState() {
      return factory.getConnectivityState();
    }

    @Override
    public void close() {
      factory.close();
    }
  }
}
