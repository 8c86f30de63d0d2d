package dev.platform.spring.priority;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Requests to Spring MVC have priorities by their paths, for the calls that they lead to. */
@AutoConfiguration
@ConditionalOnClass({HttpServletRequest.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = PriorityProperties.PREFIX + ".enabled", matchIfMissing = true)
@EnableConfigurationProperties(PriorityProperties.class)
public final class PathPriorityAutoConfiguration {

  /** After the filters that bound requests, before those that may make calls. */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  @Bean
  FilterRegistrationBean<Filter> priorityFilterRegistration(PriorityProperties properties) {
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(new PriorityFilter(new PathPriorities(properties.paths())));
    registration.setName("platformPriorityFilter");
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
    registration.setOrder(ORDER);
    registration.setEnabled(!properties.paths().isEmpty());
    return registration;
  }
}
