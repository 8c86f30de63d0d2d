package dev.platform.boot4;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.check.SetProperties;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.grpc.server.DefaultGrpcServerFactory;
import org.springframework.grpc.server.GrpcServerFactory;
import org.springframework.grpc.server.NettyGrpcServerFactory;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.util.ReflectionUtils;

/**
 * Mutual TLS for Spring's server. Its builder takes credentials when it is made and never again, so
 * the factory is replaced by one whose {@code credentials()} are the platform's. A server that
 * can't be secured does not start.
 */
final class SecuredServers implements BeanPostProcessor {

  private static final String MODE = "platform.security.transport.mode";
  private static final String OWN_TLS = "spring.grpc.server.ssl";
  private static final String SERVLET = "GrpcServletRegistration";

  private final ObjectProvider<TransportSecurity> security;
  private final Environment environment;

  SecuredServers(ObjectProvider<TransportSecurity> security, Environment environment) {
    this.security = security;
    this.environment = environment;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    boolean servlet = bean.getClass().getSimpleName().equals(SERVLET);
    if (!servlet && (!(bean instanceof GrpcServerFactory) || isInProcess(bean))) {
      return bean;
    }
    TransportSecurity transport = security.getObject();
    if (!transport.isEncrypted()) {
      return bean;
    }
    Optional<String> own = SetProperties.where(environment, OWN_TLS);
    if (own.isPresent()) {
      throw new InvalidPropertyException(OWN_TLS, own.get(), "nothing, or " + MODE + ": plaintext");
    }
    if (bean.getClass() != NettyGrpcServerFactory.class) {
      throw new InvalidPropertyException(
          MODE,
          transport.mode(),
          "plaintext, since %s can't be secured; or Spring's server on grpc-netty"
              .formatted(bean.getClass().getName()));
    }
    return Secured.of((NettyGrpcServerFactory) bean, transport);
  }

  /** Spring's, and those of its tests. */
  private static boolean isInProcess(Object factory) {
    return InProcessServerBuilder.class
        == ResolvableType.forInstance(factory)
            .as(DefaultGrpcServerFactory.class)
            .getGeneric()
            .resolve();
  }

  private static final class Secured extends NettyGrpcServerFactory {

    private final TransportSecurity security;

    private Secured(
        String address,
        List<ServerBuilderCustomizer<NettyServerBuilder>> customizers,
        TransportSecurity security) {
      super(address, customizers, null, null, null);
      this.security = security;
    }

    /** Spring has no other way to what a factory was made of. */
    @SuppressWarnings("unchecked")
    static Secured of(NettyGrpcServerFactory factory, TransportSecurity security) {
      DirectFieldAccessor fields = new DirectFieldAccessor(factory);
      Secured secured =
          new Secured(
              (String) value(fields, "address"),
              (List<ServerBuilderCustomizer<NettyServerBuilder>>)
                  value(fields, "serverBuilderCustomizers"),
              security);
      ((List<ServerServiceDefinition>) value(fields, "serviceList")).forEach(secured::addService);
      ReflectionUtils.shallowCopyFieldState(factory, secured);
      return secured;
    }

    private static Object value(DirectFieldAccessor fields, String name) {
      Object value = fields.getPropertyValue(name);
      if (value == null) {
        throw new IllegalStateException("NettyGrpcServerFactory has no " + name);
      }
      return value;
    }

    @Override
    protected ServerCredentials credentials() {
      return security.serverCredentials();
    }

    @Override
    protected NettyServerBuilder newServerBuilder() {
      NettyServerBuilder builder = super.newServerBuilder();
      security.identifyPeers(builder);
      security.limitAge(builder);
      return builder;
    }
  }
}
