package dev.platform.order.session;

import dev.platform.order.customer.CustomerProperties;
import dev.platform.spring.security.UserTokens;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Wires sessions and tokens. Tokens are checked if there is an issuer; sessions exist only where
 * customers must be known.
 */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

  private static final Logger log = LoggerFactory.getLogger(SessionConfiguration.class);

  @Bean
  FilterRegistrationBean<CustomerFilter> customerFilter(
      UserTokens users,
      Optional<SessionCookies> sessions,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    FilterRegistrationBean<CustomerFilter> filter =
        new FilterRegistrationBean<>(
            new CustomerFilter(
                users.verifier().map(BearerTokens::new).orElse(null),
                sessions.orElse(null),
                problems));
    filter.addUrlPatterns("/api/*");
    return filter;
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "mall.identity", havingValue = "required")
  static class Sessions {

    @Bean
    SessionCookies sessionCookies(CustomerProperties properties, Clock clock) {
      CustomerProperties.Session session = properties.session();
      if (session.key() == null) {
        log.warn(
            "mall.session.key is not set: sessions end with this process, and other instances"
                + " refuse them");
      }
      return new SessionCookies(
          new SignedValues(session.key(), session.previousKeys(), clock), session.maxAge(), clock);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression("!'${mall.login.client-id:}'.isBlank()")
    static class SigningIn {

      @Bean
      SignIn signIn(
          CustomerProperties properties,
          @Value("${spring.security.oauth2.resourceserver.jwt.issuer-uri}") String issuer,
          UserTokens users,
          SessionCookies sessions) {
        return new SignIn(
            properties.login(),
            new OpenIdIssuer(issuer),
            new BearerTokens(users.verifier().orElseThrow()),
            sessions);
      }
    }
  }
}
