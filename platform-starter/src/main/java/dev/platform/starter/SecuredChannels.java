package dev.platform.starter;

import dev.platform.core.transport.TransportSecurity;
import io.grpc.ManagedChannelBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.net.URI;
import java.util.Map;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Mutual TLS for net.devh's channels to discovered services. A channel with a negotiation type or
 * security settings of its own keeps them; those in {@code GLOBAL} are of no channel's own.
 */
final class SecuredChannels implements GrpcChannelConfigurer {

  private final TransportSecurity security;
  private final GrpcChannelsProperties channels;
  private final Environment environment;

  SecuredChannels(
      TransportSecurity security, GrpcChannelsProperties channels, Environment environment) {
    this.security = security;
    this.channels = channels;
    this.environment = environment;
  }

  @Override
  public void accept(ManagedChannelBuilder<?> builder, String name) {
    if (!(builder instanceof InProcessChannelBuilder)
        && security.isEncrypted()
        && isDiscovered(name)
        && !hasOwnSecurity(name)) {
      security.secure(builder);
    }
  }

  private boolean isDiscovered(String name) {
    URI address = channels.getChannel(name).getAddress();
    String target = address == null ? channels.getDefaultScheme() : address.toString();
    return target != null && NamedChannels.DISCOVERED.contains(target.split(":", 2)[0]);
  }

  private boolean hasOwnSecurity(String name) {
    Map<String, Object> own =
        Binder.get(environment)
            .bind("grpc.client", Bindable.mapOf(String.class, Entry.class))
            .map(entries -> entries.get(name))
            .map(Entry::set)
            .orElse(Map.of());
    return !own.isEmpty();
  }

  /** What is set. */
  record Entry(@Nullable String negotiationType, @Nullable Map<String, Object> security) {

    Map<String, Object> set() {
      if (negotiationType != null) {
        return Map.of("negotiation-type", negotiationType);
      }
      return security == null ? Map.of() : security;
    }
  }
}
