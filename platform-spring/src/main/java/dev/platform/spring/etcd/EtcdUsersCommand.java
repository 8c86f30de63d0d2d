package dev.platform.spring.etcd;

import dev.platform.core.InvalidPropertyException;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.etcd.EtcdTls;
import dev.platform.core.etcd.EtcdUnavailableException;
import dev.platform.core.etcd.EtcdUser;
import dev.platform.core.etcd.EtcdUsers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * A command that makes etcd's users and roles as {@link EtcdUsers}: {@code java -cp '/app/*'
 * dev.platform.spring.etcd.EtcdUsersCommand}. It can be repeated. Its settings are environment
 * variables:
 *
 * <ul>
 *   <li>{@code ETCD_ENDPOINTS}: {@code https://} addresses of etcd's members, with commas
 *   <li>{@code ETCD_CA}, {@code ETCD_CERTIFICATE}, {@code ETCD_KEY}: PEM files; the certificate's
 *       common name is {@code root}
 *   <li>{@code ETCD_NAMESPACE}: the path before all keys; none by default
 *   <li>{@code ETCD_USERS}: {@code name=service,service;name=service}
 * </ul>
 */
public final class EtcdUsersCommand {

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String EXPECTED = "name=service,service;name=service";

  private EtcdUsersCommand() {}

  /** Exits with 1 if it fails, after a line that says why. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      run(System.getenv());
    } catch (EtcdUnavailableException | IllegalArgumentException | IllegalStateException e) {
      System.err.println("etcd's users are not changed: " + e.getMessage());
      System.exit(1);
    }
  }

  static void run(Map<String, String> environment) throws InterruptedException {
    List<EtcdUser> users = users(required(environment, "ETCD_USERS"));
    EtcdSettings settings =
        new EtcdSettings(
            Arrays.asList(required(environment, "ETCD_ENDPOINTS").split(",")),
            null,
            null,
            REQUEST_TIMEOUT);
    try (EtcdConnection etcd =
        EtcdConnection.builder(settings).tls(certificates(environment)).open()) {
      new EtcdUsers(etcd, environment.getOrDefault("ETCD_NAMESPACE", "")).apply(users);
    }
  }

  private static EtcdTls certificates(Map<String, String> environment) {
    SslBundle bundle =
        SslBundle.of(
            new PemSslStoreBundle(
                PemSslStoreDetails.forCertificate(
                        "file:" + required(environment, "ETCD_CERTIFICATE"))
                    .withPrivateKey("file:" + required(environment, "ETCD_KEY")),
                PemSslStoreDetails.forCertificate("file:" + required(environment, "ETCD_CA"))));
    return new EtcdTls(
        "ETCD_CERTIFICATE",
        bundle.getManagers().getTrustManagerFactory(),
        bundle.getManagers().getKeyManagerFactory(),
        null,
        null);
  }

  private static List<EtcdUser> users(String text) {
    List<EtcdUser> users = new ArrayList<>();
    for (String each : text.split(";")) {
      String[] parts = each.split("=");
      if (parts.length != 2) {
        throw new InvalidPropertyException("ETCD_USERS", text, EXPECTED);
      }
      Set<String> services = new TreeSet<>(Arrays.asList(parts[1].split(",")));
      if (!NAME.matcher(parts[0]).matches()
          || !services.stream().allMatch(service -> NAME.matcher(service).matches())) {
        throw new InvalidPropertyException("ETCD_USERS", text, EXPECTED);
      }
      if (parts[0].equals(EtcdUsers.ROOT)) {
        throw new InvalidPropertyException("ETCD_USERS", text, "users other than root");
      }
      users.add(new EtcdUser(parts[0], services));
    }
    return users;
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new InvalidPropertyException(name, value, "a value");
    }
    return value;
  }
}
