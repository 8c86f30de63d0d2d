package dev.platform.jdbc;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.util.Objects;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Wraps each data source: the statements of its connections are cancelled with the current gRPC
 * call. The proxy keeps the data source's class unless it is final: pools are looked up by class.
 */
final class CallBoundDataSources implements BeanPostProcessor, DisposableBean {

  private final CallWatch watch;

  CallBoundDataSources(ObjectProvider<MeterRegistry> meters) {
    this.watch = new CallWatch(meters);
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof DataSource dataSource ? bound(dataSource) : bean;
  }

  @Override
  public void destroy() {
    watch.close();
  }

  private Object bound(DataSource dataSource) {
    ProxyFactory proxy = new ProxyFactory(dataSource);
    proxy.setProxyTargetClass(!Modifier.isFinal(dataSource.getClass().getModifiers()));
    proxy.addAdvice(
        (MethodInterceptor)
            call ->
                call.getMethod().getName().equals("getConnection")
                    ? BoundConnection.of((Connection) connection(call::proceed), watch)
                    : call.proceed());
    return proxy.getProxy(dataSource.getClass().getClassLoader());
  }

  private Object connection(CallWatch.Work work) throws Throwable {
    return Objects.requireNonNull(watch.whileWaiting(work));
  }
}
