package dev.platform.dev.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.FreePort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedServiceTest {

  private final InetSocketAddress address = FreePort.find();
  private final List<SharedService> started = new ArrayList<>();

  @AfterEach
  void closeAll() {
    started.forEach(SharedService::close);
  }

  @Test
  void hostsTheServiceIfThereIsNone() {
    SharedService service = start(SharedServiceTest::listen);
    assertThat(service.hosting()).isTrue();
    assertThat(FreePort.accepts(address.getPort())).isTrue();
  }

  @Test
  void joinsARunningService() throws Exception {
    try (ServerSocket other = listen(address)) {
      assertThat(start(SharedServiceTest::listen).hosting()).isFalse();
      assertThat(other.isBound()).isTrue();
    }
  }

  @Test
  void takesOverWithinAboutASecondAfterTheHostCloses() {
    SharedService host = start(SharedServiceTest::listen);
    SharedService second = start(SharedServiceTest::listen);
    SharedService third = start(SharedServiceTest::listen);

    host.close();

    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMillis(1_500))
        .until(() -> second.hosting() || third.hosting());
    assertThat(second.hosting()).isNotEqualTo(third.hosting());
    assertThat(FreePort.accepts(address.getPort())).isTrue();
  }

  @Test
  void joinsIfAnotherProcessBindsTheAddressFirst() {
    AtomicInteger attempts = new AtomicInteger();
    SharedService service =
        start(
            at -> {
              if (attempts.getAndIncrement() == 0) {
                throw new IllegalStateException(new IOException(new BindException("taken")));
              }
              return listen(at);
            });
    assertThat(service.hosting()).isFalse();
    await().atMost(Duration.ofSeconds(5)).until(service::hosting);
  }

  @Test
  void reportsWhyItCannotHost() {
    SharedService service =
        new SharedService(
            "thing",
            address,
            at -> {
              throw new IOException("no disk");
            });
    assertThatThrownBy(service::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("thing can't be hosted at 127.0.0.1:" + address.getPort())
        .hasRootCauseMessage("no disk");
  }

  @Test
  void leavesNoThreadAndNoListenerBehind() {
    SharedService host = start(SharedServiceTest::listen);
    SharedService joined = start(SharedServiceTest::listen);
    assertThat(threads()).hasSize(1);

    joined.close();
    assertThat(threads()).isEmpty();
    host.close();
    assertThat(FreePort.accepts(address.getPort())).isFalse();
  }

  private SharedService start(SharedService.Host host) {
    SharedService service = new SharedService("thing", address, host);
    started.add(service);
    service.start();
    return service;
  }

  private static ServerSocket listen(InetSocketAddress address) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(address);
    return socket;
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter("platform-dev-thing"::equals)
        .toList();
  }
}
