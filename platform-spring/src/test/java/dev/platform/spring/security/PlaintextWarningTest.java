package dev.platform.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.transport.TransportSecurity;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class PlaintextWarningTest {

  private static final String TEXT = "takes plaintext calls from anybody";

  private final MockEnvironment environment = new MockEnvironment();

  private void start(ServerBuilder<?> builder) throws IOException {
    ConfigurationPropertySources.attach(environment);
    Server server = builder.build().start();
    try {
      new PlaintextWarning(TransportSecurity.plaintext(), environment)
          .grpcServerStarted(server, Math.max(0, server.getPort()), null);
    } finally {
      server.shutdownNow();
    }
  }

  private static ServerBuilder<?> everywhere() {
    return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create());
  }

  @Test
  void aServerThatOthersReachIsReportedOnce(CapturedOutput output) throws IOException {
    start(everywhere());
    assertThat(output.getAll()).containsOnlyOnce(TEXT);
    assertThat(output).contains("set platform.security.transport.mode");
  }

  @Test
  void aChoiceIsNotReported(CapturedOutput output) throws IOException {
    environment.setProperty("platform.security.transport.mode", "plaintext");
    start(everywhere());
    assertThat(output).doesNotContain(TEXT);
  }

  @Test
  void nobodyElseReachesThisMachineOrThisProcess(CapturedOutput output) throws IOException {
    start(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    start(InProcessServerBuilder.forName("here"));
    assertThat(output).doesNotContain(TEXT);
  }
}
