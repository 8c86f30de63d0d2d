package dev.platform.spring.registry;

import java.lang.reflect.Modifier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * Passes registrations and deregistrations in other registries on to {@link OtherRegistrations},
 * which makes them at the right time. Spring Cloud has no hook to defer them: it registers on the
 * web server's start, and deregisters after the servers have stopped.
 */
final class DeferredRegistries implements BeanPostProcessor {

  private static final Logger log = LoggerFactory.getLogger(DeferredRegistries.class);

  private final ObjectProvider<OtherRegistrations> registrations;

  DeferredRegistries(ObjectProvider<OtherRegistrations> registrations) {
    this.registrations = registrations;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!(bean instanceof ServiceRegistry<?> registry) || bean instanceof EtcdServiceRegistry) {
      return bean;
    }
    if (Modifier.isFinal(bean.getClass().getModifiers())) {
      log.warn("{} is final: it registers before this app is ready", bean.getClass().getName());
      return bean;
    }
    ProxyFactory factory = new ProxyFactory(bean);
    // Others have it injected by its class.
    factory.setProxyTargetClass(true);
    factory.addAdvice(new Deferring(registry));
    return factory.getProxy(bean.getClass().getClassLoader());
  }

  private final class Deferring implements MethodInterceptor {

    private final ServiceRegistry<Registration> registry;

    @SuppressWarnings("unchecked") // given its own registrations only
    Deferring(ServiceRegistry<?> registry) {
      this.registry = (ServiceRegistry<Registration>) registry;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
      @Nullable Object[] arguments = call.getArguments();
      if (arguments.length == 1 && arguments[0] instanceof Registration registration) {
        switch (call.getMethod().getName()) {
          case "register" -> {
            registrations.getObject().register(registry, registration);
            return null;
          }
          case "deregister" -> {
            registrations.getObject().deregister(registry, registration);
            return null;
          }
          default -> {}
        }
      }
      return call.proceed();
    }
  }
}
