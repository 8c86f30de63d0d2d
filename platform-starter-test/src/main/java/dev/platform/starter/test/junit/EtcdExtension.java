package dev.platform.starter.test.junit;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EmbeddedEtcdBuilder;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdServer;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class an etcd.
 *
 * <pre>{@code
 * @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();
 * }</pre>
 *
 * <p>One server lives as long as the class, or as long as the test if the field is not static.
 * Before each test it is {@linkplain EtcdServer#reset() reset}: running, no faults, no keys, no
 * leases; connections stay and the revision goes on. A test that needs a truly new etcd calls
 * {@link EtcdServer#wipe()}. Tests may take the server as a parameter: an {@link EtcdServer} or its
 * own class. Tests of one class must not run in parallel, since they share the server.
 */
public final class EtcdExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {

  /** If {@code true}, a missing etcd fails the tests that it would otherwise skip. */
  public static final String NO_SKIPS = "platform.test.no-skips";

  private final Supplier<? extends EtcdServer> factory;
  private final boolean needsBinary;
  private @Nullable EtcdServer server;
  private int classes;

  /** An embedded etcd, for {@code @ExtendWith(EtcdExtension.class)}. */
  public EtcdExtension() {
    this(() -> EmbeddedEtcd.builder().build(), false);
  }

  private EtcdExtension(Supplier<? extends EtcdServer> factory, boolean needsBinary) {
    this.factory = factory;
    this.needsBinary = needsBinary;
  }

  /** An etcd inside this JVM. */
  public static EtcdExtension embedded() {
    return new EtcdExtension();
  }

  /** An etcd inside this JVM with settings of its own, such as another clock. */
  public static EtcdExtension embedded(EmbeddedEtcdBuilder builder) {
    return new EtcdExtension(builder::build, false);
  }

  /**
   * The {@code etcd} on the PATH. Without one the tests are skipped, or fail if the system property
   * {@value #NO_SKIPS} is {@code true}.
   */
  public static EtcdExtension real() {
    return new EtcdExtension(EtcdProcess::create, true);
  }

  /**
   * For tests that start real etcds themselves, an {@link
   * dev.platform.starter.test.etcd.EtcdCluster} for instance. Without an {@code etcd} on the PATH
   * the test that calls it is skipped, or fails if the system property {@value #NO_SKIPS} is {@code
   * true}.
   */
  public static void requireReal() {
    requireBinary(EtcdProcess.isAvailable(), Boolean.getBoolean(NO_SKIPS));
  }

  /** The server; exists from before the first test to after the last. */
  public EtcdServer server() {
    if (server == null) {
      throw new IllegalStateException("etcd: not started (expected: called from a test)");
    }
    return server;
  }

  /** The server with the faults that only an embedded one has. */
  public EmbeddedEtcd embeddedServer() {
    if (server() instanceof EmbeddedEtcd embedded) {
      return embedded;
    }
    throw new IllegalStateException("etcd: a real one (expected: EtcdExtension.embedded())");
  }

  /** Where clients connect to, as {@code http://host:port}. */
  public URI endpoint() {
    return server().endpoint();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    classes++;
    startOnce();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    startOnce();
    server().reset();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (classes == 0) {
      closeServer();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    classes--;
    if (classes == 0) {
      closeServer();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return EtcdServer.class.isAssignableFrom(type) && type.isInstance(server);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return server();
  }

  static void requireBinary(boolean available, boolean noSkips) {
    if (available) {
      return;
    }
    String message =
        "tests on a real etcd are skipped: no `etcd` on the PATH;"
            + " get it with `apt-get install etcd-server` or `brew install etcd`";
    if (noSkips) {
      throw new IllegalStateException(message + " (" + NO_SKIPS + " is true)");
    }
    Assumptions.abort(message);
  }

  private void startOnce() {
    if (server != null) {
      return;
    }
    if (needsBinary) {
      requireReal();
    }
    EtcdServer started = factory.get();
    started.start();
    server = started;
  }

  private void closeServer() {
    EtcdServer closing = server;
    server = null;
    if (closing != null) {
      closing.close();
    }
  }
}
