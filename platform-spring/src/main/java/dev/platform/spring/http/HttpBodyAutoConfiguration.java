package dev.platform.spring.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import org.apache.catalina.startup.Tomcat;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Bounds the bodies of HTTP requests on Spring MVC with Tomcat. Each line's starter gives {@link
 * LastFilter} to its Tomcat. Off with {@code platform.http.body.enabled=false}.
 */
@AutoConfiguration
@ConditionalOnClass({HttpServletRequest.class, Tomcat.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = "platform.http.body.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HttpBodyProperties.class)
public final class HttpBodyAutoConfiguration {

  /** After the filter of headers, before all that may read a form. */
  private static final int OUTERMOST = Ordered.HIGHEST_PRECEDENCE + 5;

  @Bean
  BodyReceivingFilter bodyReceivingFilter(HttpBodyProperties properties) {
    return new BodyReceivingFilter(properties, new RequestBodies(properties.streamedPaths()));
  }

  @Bean
  FilterRegistrationBean<Filter> bodyReceivingFilterRegistration(BodyReceivingFilter filter) {
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
    registration.setName(LastFilter.NAME);
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    registration.setOrder(Ordered.LOWEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<Filter> blockingBodyFilterRegistration(
      HttpBodyProperties properties, @Value("${server.tomcat.threads.max:200}") int threads) {
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            new BlockingBodyFilter(
                new RequestBodies(properties.streamedPaths()), properties.maxBlockingOf(threads)));
    registration.setName("platformBlockingBodyFilter");
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
    registration.setOrder(OUTERMOST);
    return registration;
  }

  @Bean
  LastFilter lastFilter(BodyReceivingFilter filter) {
    return new LastFilter(filter);
  }
}
