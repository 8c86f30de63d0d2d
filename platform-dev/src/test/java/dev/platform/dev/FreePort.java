package dev.platform.dev;

import dev.platform.starter.test.net.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Finds free loopback ports. */
public final class FreePort {

  private FreePort() {}

  public static InetSocketAddress find() {
    return new InetSocketAddress("127.0.0.1", FreePorts.on("127.0.0.1"));
  }

  public static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
