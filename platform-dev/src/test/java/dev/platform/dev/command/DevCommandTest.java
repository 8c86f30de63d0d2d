package dev.platform.dev.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevCommandTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @Test
  void propertiesAreNoCommand() {
    assertThat(DevCommand.isCommand(new String[0])).isFalse();
    assertThat(DevCommand.isCommand(new String[] {"--platform.dev.etcd.enabled=false"})).isFalse();
    assertThat(DevCommand.isCommand(new String[] {"token"})).isTrue();
  }

  @Test
  void makesACertificateForEachApp() {
    assertThat(
            run(
                "certificates",
                "--directory=" + folder,
                "--trust-domain",
                "example.org",
                "payment-app=payment-service,bank-gateway",
                "mall-client"))
        .isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("payment-app.pem  spiffe://example.org/payment-app  until ")
        .contains("mall-client.pem  spiffe://example.org/mall-client  until ");
    assertThat(folder.resolve("payment-app-key.pem")).isNotEmptyFile();
    assertThat(folder.resolve("ca.pem")).isNotEmptyFile();
  }

  @Test
  void explainsWhatItDoesNotUnderstand() {
    assertThat(run("tokens")).isEqualTo(2);
    assertThat(run("token")).isEqualTo(2);
    assertThat(run("token", "--subject")).isEqualTo(2);
    assertThat(run("certificates")).isEqualTo(2);
    assertThat(run("certificates", "--folder=x", "app")).isEqualTo(2);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("usage:")
        .contains("--subject is required")
        .contains("--subject needs a value")
        .contains("at least one app is required")
        .contains("unknown option --folder");
  }

  @Test
  void saysThatNoIssuerAnswers() {
    assertThat(run("token", "--subject=ana", "--issuer=http://127.0.0.1:1")).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("no development issuer answers at http://127.0.0.1:1");
  }

  private int run(String... args) {
    return DevCommand.run(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }
}
