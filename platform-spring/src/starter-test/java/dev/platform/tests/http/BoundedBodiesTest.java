package dev.platform.tests.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.tests.app.TestApp;
import io.grpc.Context;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Bodies of HTTP requests that come slowly, in large numbers, or are large; on real sockets. */
class BoundedBodiesTest {

  private static final String TEXT = "Content-Type: text/plain\r\n";

  private static final AtomicInteger filtered = new AtomicInteger();
  private static final AtomicInteger intercepted = new AtomicInteger();

  /** Waits for its clients. */
  private static ConfigurableApplicationContext patient;

  /** Does not. */
  private static ConfigurableApplicationContext hasty;

  private ConfigurableApplicationContext app = patient;

  @BeforeAll
  static void startBoth() {
    patient =
        start(
            Map.of(
                "server.tomcat.threads.max", "40",
                "server.tomcat.connection-timeout", "1m",
                "platform.http.body.timeout", "1m",
                "platform.http.body.max-size", "20KB",
                "platform.http.body.max-buffered", "20KB",
                "platform.http.body.streamed-paths", "/count/**"));
    hasty =
        start(Map.of("platform.http.body.timeout", "500ms", "server.tomcat.max-connections", "5"));
  }

  @AfterAll
  static void stopBoth() {
    patient.close();
    hasty.close();
  }

  @BeforeEach
  void forget() {
    filtered.set(0);
    intercepted.set(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1000\r\n", "Transfer-Encoding: chunked\r\n"})
  void slowClientsOccupyNoThread(String length) throws IOException {
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 230; i++) {
        slow.add(new RawClient(port()).head("POST", "/echo", TEXT + length));
      }
      for (RawClient client : slow) {
        client.send("1");
      }

      assertThat(get("/actuator/health/liveness")).startsWith("HTTP/1.1 200");
      assertThat(post("/echo", TEXT, "hello")).startsWith("HTTP/1.1 200").endsWith("hello");
      // The body comes after the head, and in two parts.
      try (RawClient other = new RawClient(port())) {
        other.head("POST", "/echo", TEXT + "Connection: close\r\nContent-Length: 6\r\n");
        other.send("abc");
        assertThat(get("/actuator/health/liveness")).startsWith("HTTP/1.1 200");
        assertThat(other.send("def").rest()).startsWith("HTTP/1.1 200").endsWith("abcdef");
      }
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void slowFormsOccupyOnlySomeThreads() throws IOException {
    String form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n";
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 230; i++) {
        slow.add(new RawClient(port()).head("POST", "/form", form));
      }
      assertThat(slow.get(229).line()).startsWith("HTTP/1.1 503");

      assertThat(get("/actuator/health/liveness")).startsWith("HTTP/1.1 200");
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void aFormIsStillRead() throws IOException {

    assertThat(post("/form", "Content-Type: application/x-www-form-urlencoded\r\n", "a=b"))
        .startsWith("HTTP/1.1 200")
        .endsWith("form b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1000\r\n", "Transfer-Encoding: chunked\r\n"})
  void aBodyHasToArriveInTime(String length) throws IOException {
    app = hasty;
    try (RawClient client = new RawClient(port())) {
      client.head("POST", "/echo", TEXT + length);
      if (length.startsWith("Transfer")) {
        client.send("3e8\r\n");
      }

      assertThat(client.drip(100, 200)).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void aBodyWithoutAHandlerHasToArriveInTimeToo() throws IOException {
    app = hasty;
    try (RawClient client = new RawClient(port())) {
      client.head("POST", "/nowhere", TEXT + "Content-Length: 1000\r\n");

      assertThat(client.drip(100, 200)).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void anIncompleteBodyIsTheClientsError() throws IOException {

    assertThat(post("/echo", TEXT + "Transfer-Encoding: chunked\r\n", "zz\r\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(intercepted).hasValue(0);
  }

  @Test
  void aLargeBodyIsRefused() throws IOException {
    assertThat(post("/echo", TEXT, "x".repeat(20481))).startsWith("HTTP/1.1 413");
    assertThat(post("/echo", TEXT + "Content-Length: 1000000000\r\n", ""))
        .startsWith("HTTP/1.1 413");
    String chunks = "5000\r\n" + "x".repeat(0x5000) + "\r\n1\r\nx\r\n0\r\n\r\n";
    assertThat(post("/echo", TEXT + "Transfer-Encoding: chunked\r\n", chunks))
        .startsWith("HTTP/1.1 413");
    String all = "x".repeat(20 * 1024);
    assertThat(post("/echo", TEXT, all)).startsWith("HTTP/1.1 200").endsWith(all);
  }

  @Test
  void bodiesTogetherHaveALimit() throws IOException {
    try (RawClient first = new RawClient(port());
        RawClient second = new RawClient(port())) {
      first.head("POST", "/echo", TEXT + "Content-Length: 20000\r\n").send("x".repeat(15_000));
      second.head("POST", "/echo", TEXT + "Content-Length: 20000\r\n").send("x".repeat(15_000));
      // Whichever was received first goes on.
      String answer = CompletableFuture.anyOf(lineOf(first), lineOf(second)).join().toString();
      assertThat(answer).startsWith("HTTP/1.1 503");
    }
    String body = "x".repeat(19_000);
    Awaitility.await()
        .untilAsserted(() -> assertThat(post("/echo", TEXT, body)).startsWith("HTTP/1.1 200"));
  }

  @Test
  void aPathCanBeStreamed() throws IOException {
    String all = "x".repeat(100_000);
    assertThat(post("/count/bytes", TEXT, all)).startsWith("HTTP/1.1 200").endsWith("100000");
  }

  @Test
  void everyFilterAndInterceptorSeesARequestOnce() throws IOException {
    try (RawClient client = new RawClient(port())) {
      client.head("POST", "/echo", TEXT + "Connection: close\r\nContent-Length: 2\r\n").send("a");
      assertThat(filtered(1)).isEqualTo(1);
      assertThat(intercepted).as("not before its body is there").hasValue(0);
      assertThat(client.send("b").rest()).endsWith("ab");
    }

    assertThat(filtered).hasValue(1);
    assertThat(intercepted).hasValue(1);
  }

  @Test
  void whatAFilterHasAttachedIsThereWhenTheBodyComesLater() throws IOException {
    try (RawClient client = new RawClient(port())) {
      client.head("POST", "/tenant", TEXT + "Connection: close\r\nContent-Length: 2\r\n").send("a");
      filtered(1);
      assertThat(client.send("b").rest()).startsWith("HTTP/1.1 200").endsWith("ab of shop");
    }
  }

  @Test
  void aLargeHeadIsRefused() throws IOException {
    try (RawClient client = new RawClient(port())) {
      client.head("GET", "/actuator/health", "X-Large: " + "x".repeat(9000) + "\r\n");

      assertThat(client.line()).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void connectionsOverTheMaximumWait() throws IOException {
    app = hasty;
    List<RawClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        open.add(new RawClient(port()).head("GET", "/actuator/health/liveness", ""));
        assertThat(open.get(i).line()).startsWith("HTTP/1.1 200");
      }
      RawClient further = new RawClient(port()).head("GET", "/actuator/health/liveness", "");
      open.add(further);
      assertThat(further.isAnswered(300)).isFalse();

      open.get(0).close();

      assertThat(further.line()).startsWith("HTTP/1.1 200");
    } finally {
      for (RawClient client : open) {
        client.close();
      }
    }
  }

  @Test
  void canBeSwitchedOff() throws IOException {
    try (var off = start(Map.of("platform.http.body.enabled", "false"))) {
      app = off;
      assertThat(post("/echo", TEXT, "x".repeat(11 << 20))).startsWith("HTTP/1.1 200");
    }
  }

  private int filtered(int times) {
    Awaitility.await().until(() -> filtered.get() >= times);
    return filtered.get();
  }

  private static CompletableFuture<Object> lineOf(RawClient client) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return client.line();
          } catch (IOException e) {
            return new CompletableFuture<String>().join();
          }
        });
  }

  private static ConfigurableApplicationContext start(Map<String, ?> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "bodies");
    properties.put("platform.registry.enabled", "false");
    properties.put("platform.discovery.enabled", "false");
    return TestApp.startWithWeb(
        properties,
        context -> {
          GenericApplicationContext beans = (GenericApplicationContext) context;
          beans.registerBean(Answers.class);
          beans.registerBean(Seeing.class, () -> new Seeing(intercepted));
          beans.registerBean(
              "tenants",
              FilterRegistrationBean.class,
              () -> {
                var tenants = new FilterRegistrationBean<>(new Tenants());
                tenants.setOrder(0);
                return tenants;
              });
          beans.registerBean(
              "counting",
              FilterRegistrationBean.class,
              () -> {
                var last = new FilterRegistrationBean<>(new Counting(filtered));
                last.setOrder(Ordered.LOWEST_PRECEDENCE);
                return last;
              });
        });
  }

  private int port() {
    return TestApp.webPort(app);
  }

  private String get(String path) throws IOException {
    try (RawClient client = new RawClient(port())) {
      return client.head("GET", path, "Connection: close\r\n").rest();
    }
  }

  private String post(String path, String lines, String body) throws IOException {
    try (RawClient client = new RawClient(port())) {
      boolean declared = lines.contains("Content-Length") || lines.contains("Transfer-Encoding");
      String length = declared ? "" : "Content-Length: " + body.length() + "\r\n";
      client.head("POST", path, lines + length + "Connection: close\r\n").send(body);
      return client.rest();
    }
  }

  @RestController
  static class Answers {

    @PostMapping("/echo")
    String echo(@RequestBody String body) {
      return body;
    }

    @PostMapping("/tenant")
    String tenant(@RequestBody String body) {
      return body + " of " + Tenants.KEY.get();
    }

    @PostMapping("/form")
    String form(@RequestParam("a") String a) {
      return "form " + a;
    }

    @PostMapping("/count/bytes")
    String count(InputStream body) throws IOException {
      return Long.toString(body.transferTo(OutputStream.nullOutputStream()));
    }
  }

  /** Attaches what its handlers need, as users' filters do. */
  private static final class Tenants implements Filter {

    static final Context.Key<String> KEY = Context.key("tenant");

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      Context tenant = Context.current().withValue(KEY, "shop");
      Context before = tenant.attach();
      try {
        chain.doFilter(request, response);
      } finally {
        tenant.detach(before);
      }
    }
  }

  /** A filter as users write it: for requests, not for asynchronous dispatches. */
  private record Counting(AtomicInteger times) implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      times.incrementAndGet();
      chain.doFilter(request, response);
    }
  }

  private record Seeing(AtomicInteger times) implements WebMvcConfigurer, HandlerInterceptor {

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
      registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      if (request.getDispatcherType() == DispatcherType.REQUEST) {
        times.incrementAndGet();
      }
      return true;
    }
  }
}
