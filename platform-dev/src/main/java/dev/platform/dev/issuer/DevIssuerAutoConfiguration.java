package dev.platform.dev.issuer;

import dev.platform.dev.hosting.SharedService;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/** Hosts or joins the machine's issuer of tokens for development. */
@AutoConfiguration
@ConditionalOnProperty(name = "platform.dev.issuer.enabled", matchIfMissing = true)
@Conditional(OnLoopbackIssuer.class)
@EnableConfigurationProperties(DevIssuerProperties.class)
public final class DevIssuerAutoConfiguration {

  @Bean(initMethod = "start", destroyMethod = "close")
  static SharedService platformDevIssuer(Environment environment, DevIssuerProperties properties) {
    return DevIssuer.at(DevIssuer.addressIn(environment).orElseThrow(), properties);
  }
}
