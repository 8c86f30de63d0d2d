package dev.platform.dev.issuer;

import dev.platform.dev.hosting.LoopbackEndpoint;
import dev.platform.dev.hosting.SharedService;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import org.springframework.core.env.Environment;

/**
 * The issuer of tokens that the apps of a machine share. Its keys end with the process that hosts
 * it, and its tokens with them.
 */
public final class DevIssuer {

  static final String PROPERTY = "spring.security.oauth2.resourceserver.jwt.issuer-uri";

  private DevIssuer() {}

  /** Where to host it: empty unless the issuer's URI is a plain loopback one without a path. */
  public static Optional<InetSocketAddress> addressIn(Environment environment) {
    return Optional.ofNullable(environment.getProperty(PROPERTY))
        .filter(uri -> uri.matches("http://[^/?#]+"))
        .flatMap(LoopbackEndpoint::parse);
  }

  /** The service, not yet started, at this address. */
  public static SharedService at(InetSocketAddress address, DevIssuerProperties properties) {
    return new SharedService(
        "issuer", address, free -> TokenIssuer.start(free, properties, Clock.systemUTC()));
  }
}
