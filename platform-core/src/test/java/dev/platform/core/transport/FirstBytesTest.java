package dev.platform.core.transport;

import static dev.platform.core.transport.Connected.MUTUAL;
import static dev.platform.core.transport.Connected.who;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.transport.Connected.Netty;
import dev.platform.starter.test.tls.TestAuthority;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a permissive server makes of the first bytes of a connection. */
class FirstBytesTest {

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final byte[] SETTINGS = new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private final TestAuthority authority = TestAuthority.create("mall");
  private final TransportCertificates certificates =
      TestCertificates.of(authority.issue("payment-service"), authority);
  private final Queue<HandshakeFailure> failures = new ConcurrentLinkedQueue<>();
  private final Connected here = new Connected(Netty.UNSHADED);
  private int port;

  @BeforeEach
  void start() {
    port = serve(Duration.ofSeconds(60));
  }

  @AfterEach
  void close() {
    here.close();
  }

  private int serve(Duration patience) {
    NegotiatorsOnNetty negotiators =
        new NegotiatorsOnNetty(
            TransportMode.PERMISSIVE,
            WorkloadIdentities.of(null, List.of()),
            failures::add,
            patience);
    negotiators.prepare(certificates).use();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    negotiators.secure(builder);
    return here.serve(builder);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Reads until the server closes the connection. */
  private static boolean isClosed(InputStream in) throws IOException {
    try {
      return in.readAllBytes() != null;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void plaintextMayComeByteByByte() throws IOException {
    try (Socket socket = connect()) {
      for (byte each : PREFACE.getBytes(US_ASCII)) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
      }
      socket.getOutputStream().write(SETTINGS);
      byte[] header = socket.getInputStream().readNBytes(9);
      assertThat(header[3]).as("a SETTINGS frame").isEqualTo((byte) 4);
    }
  }

  @Test
  void garbageIsClosed() throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      assertThat(isClosed(socket.getInputStream())).isTrue();
    }
    try (Socket socket = connect()) {
      socket.getOutputStream().write(new byte[] {0x16, 1, 2, 3, 4, 5, 6, 7, 8, 9});
      assertThat(isClosed(socket.getInputStream())).isTrue();
    }
    TransportSecurity client =
        TransportSecurity.builder(TransportMode.STRICT, certificates).build();
    assertThat(who(here.channel(client, "payment-service", MUTUAL, port))).isNotEmpty();
  }

  @Test
  void aSilentConnectionIsClosed() throws IOException {
    port = serve(Duration.ofMillis(200));
    try (Socket socket = connect()) {
      assertThat(isClosed(socket.getInputStream())).isTrue();
    }
    assertThat(failures).containsExactly(HandshakeFailure.ABANDONED);
  }
}
