package dev.platform.mall;

import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.dev.hosting.SharedService;
import dev.platform.dev.issuer.DevIssuer;
import dev.platform.dev.issuer.DevIssuerProperties;
import dev.platform.dev.issuer.TokenClient;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A mall as in {@code ./demo --secure}: mutual TLS, users' tokens, the rules of security-rules.yml;
 * and a real etcd with TLS and a user for each app. Not thread-safe, but for its channels.
 */
final class SecureMall implements AutoCloseable {

  /** A customer's own program. */
  static final String CLIENT = "mall-client";

  private static final String SESSION_KEY = "a-key-of-these-tests-of-thirty-two-bytes";
  private static final Duration TOKENS_LAST = Duration.ofHours(2);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final SecureEtcd etcd;
  private final Mall mall;
  private final Certificates certificates;
  private final SharedService issuer;
  private final String issuerUri;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Map<App, Map<String, String>> more = new HashMap<>();

  private SecureMall(String name) throws Exception {
    this.etcd = SecureEtcd.start();
    this.mall = Mall.with(name, new Registry.Single(etcd.process()));
    this.certificates =
        new Certificates(Path.of("target", "system-tests", name, "certificates"), etcd.authority());
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    this.issuerUri = "http://127.0.0.1:" + address.getPort();
    this.issuer = DevIssuer.at(address, new DevIssuerProperties(true, "mall", TOKENS_LAST));
  }

  /** etcd, PostgreSQL, certificates and the issuer of tokens; no app yet. */
  static SecureMall open(String name) throws Exception {
    SecureMall secure = new SecureMall(name);
    try {
      secure.issuer.start();
      for (App app : App.values()) {
        secure.configure(app, Map.of());
      }
    } catch (RuntimeException e) {
      secure.close();
      throw e;
    }
    return secure;
  }

  /** Environment variables for later instances of all apps, over those that secure them. */
  void configureAll(Map<String, String> environment) {
    for (App app : App.values()) {
      configure(app, environment);
    }
  }

  /** Environment variables for later instances of an app, over those that secure it. */
  void configure(App app, Map<String, String> environment) {
    more.computeIfAbsent(app, each -> new HashMap<>()).putAll(environment);
    Map<String, String> all = new HashMap<>(securing(app));
    all.putAll(more.get(app));
    mall.configure(app, all);
  }

  /** Environment variables for later instances of an app, over those of an unsecured one. */
  void configurePlaintext(App app, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(certificates.bundles(app));
    all.put("PLATFORM_ETCD_SSL_BUNDLE", "etcd");
    all.putAll(environment);
    mall.configure(app, all);
  }

  private Map<String, String> securing(App app) {
    Map<String, String> variables = new HashMap<>(certificates.bundles(app));
    variables.put("SPRING_PROFILES_ACTIVE", "secure");
    variables.put("PLATFORM_ETCD_SSL_BUNDLE", "etcd");
    variables.put("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUERURI", issuerUri);
    variables.put("MALL_SESSION_KEY", SESSION_KEY);
    return variables;
  }

  Mall mall() {
    return mall;
  }

  SecureEtcd etcd() {
    return etcd;
  }

  Certificates certificates() {
    return certificates;
  }

  AppProcess app(App app) {
    return mall.only(app);
  }

  /** A channel of a workload to an instance, which must prove that it serves the service. */
  Channel channel(String workload, AppProcess app, String service) {
    return channel(certificates.client(workload), app.address(), service);
  }

  Channel channel(TlsClient client, String address, String service) {
    ManagedChannel channel = client.connect(address, service);
    synchronized (channels) {
      channels.add(channel);
    }
    return channel;
  }

  /** Calls on behalf of a user. */
  Channel onBehalfOf(String token, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** A user's token. */
  String token(String subject, String... roles) {
    try {
      return TokenClient.token(issuerUri, subject, String.join(",", roles));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A shopper at an instance of order-app, with a token. */
  Shopper shopper(String user, AppProcess order) {
    Channel channel = onBehalfOf(token(user, "customer"), channel(CLIENT, order, "order-service"));
    return new Shopper(OrderServiceGrpc.newFutureStub(channel), user);
  }

  @Override
  public void close() {
    synchronized (channels) {
      channels.forEach(ManagedChannel::shutdownNow);
    }
    try (issuer) {
      mall.close();
    }
  }
}
