package dev.platform.starter;

import dev.platform.core.call.ClientNameInterceptor;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives the calls of a channel with an address of its own the name of its client. A discovered
 * channel has the name of the service, which several clients may share.
 */
final class NamedChannels implements BeanPostProcessor {

  static final Set<String> DISCOVERED = Set.of("discovery", "etcd");

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
      return address == null
              || address.getScheme() == null
              || DISCOVERED.contains(address.getScheme())
          ? channel
          : ClientInterceptors.intercept(channel, new ClientNameInterceptor(name));
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
