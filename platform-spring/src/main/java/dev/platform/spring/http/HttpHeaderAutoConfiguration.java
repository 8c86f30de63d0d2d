package dev.platform.spring.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.Set;
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
 * Hides headers from HTTP clients that only applications of the platform should send, on Spring
 * MVC. Off with {@code platform.http.headers.trusted=true}.
 */
@AutoConfiguration
@ConditionalOnClass({HttpServletRequest.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(
    name = "platform.http.headers.trusted",
    havingValue = false,
    matchIfMissing = true)
@EnableConfigurationProperties(HttpHeaderProperties.class)
public final class HttpHeaderAutoConfiguration {

  static final String REMOTE_FIELDS = "${management.tracing.baggage.remote-fields:}";

  /** Before Boot's filter for observations, which reads the baggage. */
  @Bean
  FilterRegistrationBean<Filter> foreignHeaderFilterRegistration(
      HttpHeaderProperties properties, @Value(REMOTE_FIELDS) Set<String> remoteFields) {
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            new ForeignHeaderFilter(new ForeignHeaders(properties.baggageOr(remoteFields))));
    registration.setName("platformForeignHeaderFilter");
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }
}
