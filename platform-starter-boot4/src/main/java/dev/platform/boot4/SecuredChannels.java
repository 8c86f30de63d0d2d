package dev.platform.boot4;

import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.SetProperties;
import io.grpc.ChannelCredentials;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.ChannelCredentialsProvider;

/**
 * Mutual TLS for Spring's channels to discovered services. A channel with {@code ssl} settings of
 * its own keeps them; those of {@code default} are of no channel's own.
 */
final class SecuredChannels implements BeanPostProcessor {

  private final ObjectProvider<TransportSecurity> security;
  private final Environment environment;

  SecuredChannels(ObjectProvider<TransportSecurity> security, Environment environment) {
    this.security = security;
    this.environment = environment;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof ChannelCredentialsProvider provider
        ? (ChannelCredentialsProvider) channel -> credentials(channel, provider)
        : bean;
  }

  private ChannelCredentials credentials(String channel, ChannelCredentialsProvider springs) {
    TransportSecurity transport = security.getObject();
    return transport.isEncrypted()
            && DiscoveredTargets.isDiscovered(channel, environment)
            && !hasOwnSecurity(channel)
        ? transport.channelCredentials()
        : springs.getChannelCredentials(channel);
  }

  private boolean hasOwnSecurity(String channel) {
    return ChannelSettings.names(environment).contains(channel)
        && SetProperties.where(environment, ChannelSettings.name(channel, "ssl")).isPresent();
  }
}
