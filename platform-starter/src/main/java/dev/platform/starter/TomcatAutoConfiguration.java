package dev.platform.starter;

import dev.platform.spring.http.HttpBodyAutoConfiguration;
import dev.platform.spring.http.LastFilter;
import org.apache.catalina.startup.Tomcat;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/** The platform's filters on Boot's Tomcat. */
@AutoConfiguration(after = HttpBodyAutoConfiguration.class)
@ConditionalOnClass({Tomcat.class, TomcatServletWebServerFactory.class})
public final class TomcatAutoConfiguration {

  @Bean
  @ConditionalOnBean(LastFilter.class)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> lastFilterCustomizer(
      LastFilter lastFilter) {
    return factory -> factory.addContextLifecycleListeners(lastFilter);
  }
}
