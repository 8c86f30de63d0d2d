package dev.platform.starter.test.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One byte after the other, through real sockets. */
@Timeout(60)
class TcpProxyTest {

  private static final int SHORT_MILLIS = 100;

  private ServerSocket server;
  private TcpProxy proxy;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    proxy = new TcpProxy(URI.create("http://127.0.0.1:" + server.getLocalPort()));
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void bytesPassInBothDirectionsUntilOneEndCloses() throws IOException {
    Socket client = connect();
    Socket there = server.accept();

    client.getOutputStream().write(1);
    assertThat(there.getInputStream().read()).isEqualTo(1);
    there.getOutputStream().write(2);
    assertThat(client.getInputStream().read()).isEqualTo(2);
    there.close();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void inSilenceNothingPassesAndNothingIsLost() throws IOException {
    Socket client = connect();
    Socket there = server.accept();

    proxy.fallSilent();
    client.getOutputStream().write(1);
    there.setSoTimeout(SHORT_MILLIS);
    assertThatThrownBy(there.getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
    Socket another = connect();
    another.getOutputStream().write(3);

    proxy.open();
    there.setSoTimeout(0);
    assertThat(there.getInputStream().read()).isEqualTo(1);
    assertThat(server.accept().getInputStream().read()).isEqualTo(3);
  }

  @Test
  void aResetEndsConnectionsAndNewOnesAreAccepted() throws IOException {
    Socket client = connect();
    Socket there = server.accept();
    client.getOutputStream().write(1);
    there.getInputStream().read();

    proxy.reset();

    assertThatThrownBy(client.getInputStream()::read).isInstanceOf(SocketException.class);
    connect().getOutputStream().write(2);
    assertThat(server.accept().getInputStream().read()).isEqualTo(2);
  }

  @Test
  void refusedConnectionsAreResetUntilItOpens() throws IOException {
    Socket client = connect();
    server.accept();

    proxy.refuse();

    assertThatThrownBy(client.getInputStream()::read).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> connect().getInputStream().read()).isInstanceOf(IOException.class);
    proxy.open();
    connect().getOutputStream().write(2);
    assertThat(server.accept().getInputStream().read()).isEqualTo(2);
  }

  @Test
  void aServerThatIsAwayResetsClientsAndMayComeBack() throws IOException {
    int port = server.getLocalPort();
    server.close();

    assertThatThrownBy(() -> connect().getInputStream().read()).isInstanceOf(IOException.class);
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress("127.0.0.1", port));
    connect().getOutputStream().write(1);
    assertThat(server.accept().getInputStream().read()).isEqualTo(1);
  }

  @Test
  void nothingIsAcceptedOnceItIsClosed() throws IOException {
    int port = proxy.port();
    proxy.close();

    assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
  }

  private Socket connect() throws IOException {
    return new Socket("127.0.0.1", proxy.port());
  }
}
