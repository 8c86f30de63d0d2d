package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EtcdLinkTest {

  private static final int SHORT_MILLIS = 300;

  private ServerSocket etcd;
  private EtcdLink link;

  @BeforeEach
  void open() throws IOException {
    etcd = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    link = EtcdLink.to(URI.create("http://127.0.0.1:" + etcd.getLocalPort()));
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    etcd.close();
  }

  @Test
  void holdsBackDataUntilItIsHealed() throws IOException {
    try (Socket app = connect(5_000);
        Socket server = etcd.accept()) {
      app.getOutputStream().write(1);
      assertThat(server.getInputStream().read()).isEqualTo(1);

      link.cut();
      app.getOutputStream().write(2);
      server.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> server.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.heal();
      server.setSoTimeout(5_000);
      assertThat(server.getInputStream().read()).isEqualTo(2);
      server.getOutputStream().write(3);
      assertThat(app.getInputStream().read()).isEqualTo(3);
    }
  }

  @Test
  void doesNotAnswerConnectsWhileItIsCut() throws IOException {
    link.cut();
    assertThatThrownBy(() -> connect(SHORT_MILLIS)).isInstanceOf(SocketTimeoutException.class);

    link.heal();
    connect(5_000).close();
  }

  @Test
  void countsConnections() throws IOException {
    try (Socket app = connect(5_000);
        Socket server = etcd.accept()) {
      await().until(() -> link.connections() == 1);
    }
    await().until(() -> link.connections() == 0);
  }

  private Socket connect(int timeoutMillis) throws IOException {
    URI endpoint = URI.create(link.endpoint());
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), timeoutMillis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
