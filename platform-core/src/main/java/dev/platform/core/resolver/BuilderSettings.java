package dev.platform.core.resolver;

import io.grpc.ForwardingChannelBuilder;
import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a program sets on a channel's builder and gRPC uses only where a resolver returns nothing of
 * its own: the default service config and the default load-balancing policy. gRPC has no getter for
 * them and does not pass them to resolvers, so they are read by reflection. They are read when the
 * channel resolves: after all that configures the builder. Confined to one thread at a time.
 */
final class BuilderSettings {

  static final NameResolver.Args.Key<BuilderSettings> KEY =
      NameResolver.Args.Key.create("dev.platform.builder-settings");

  private static final Logger log = LoggerFactory.getLogger(BuilderSettings.class);

  private final ManagedChannelBuilder<?> builder;
  private final @Nullable String policyAtFirst;

  BuilderSettings(ManagedChannelBuilder<?> builder) {
    this.builder = builder;
    this.policyAtFirst = read(builder, "defaultLbPolicy", String.class);
  }

  /** The default service config; empty if there is none. */
  @SuppressWarnings("unchecked") // gRPC checks the types when it is set
  Map<String, ?> serviceConfig() {
    Map<String, ?> config = read(builder, "defaultServiceConfig", Map.class);
    return config == null ? Map.of() : config;
  }

  /** The default policy, if it has changed since this object was made. */
  Optional<String> policy() {
    String policy = read(builder, "defaultLbPolicy", String.class);
    return Objects.equals(policy, policyAtFirst) ? Optional.empty() : Optional.ofNullable(policy);
  }

  private static <T> @Nullable T read(
      ManagedChannelBuilder<?> builder, String name, Class<T> type) {
    try {
      ManagedChannelBuilder<?> inner = builder;
      while (inner instanceof ForwardingChannelBuilder2<?>
          || inner instanceof ForwardingChannelBuilder<?>) {
        inner = delegate(inner);
      }
      Field field = inner.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return type.cast(field.get(inner));
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.warn(
          "The {} of a {} can't be read: it has no effect on discovered services"
              + " (expected: a builder of gRPC 1.83)",
          name,
          builder.getClass().getName(),
          e);
      return null;
    }
  }

  private static ManagedChannelBuilder<?> delegate(ManagedChannelBuilder<?> builder)
      throws ReflectiveOperationException {
    Class<?> type =
        builder instanceof ForwardingChannelBuilder2<?>
            ? ForwardingChannelBuilder2.class
            : ForwardingChannelBuilder.class;
    Method delegate = type.getDeclaredMethod("delegate");
    delegate.setAccessible(true);
    return (ManagedChannelBuilder<?>) delegate.invoke(builder);
  }
}
