package dev.platform.core.balancer;

import io.grpc.EquivalentAddressGroup;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers the first call on each connection by closing it, as servers do after too many pings. */
final class RudeServer implements AutoCloseable {

  private static final int PREFACE = 24;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int ENHANCE_YOUR_CALM = 11;

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Thread thread = new Thread(this::serve, "rude-server");

  private volatile Socket current;

  RudeServer() throws IOException {
    thread.start();
  }

  EquivalentAddressGroup address() {
    return new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", entrance.getLocalPort()));
  }

  @Override
  public void close() throws Exception {
    entrance.close();
    Socket last = current;
    if (last != null) {
      last.close();
    }
    thread.join();
  }

  private void serve() {
    while (!entrance.isClosed()) {
      try (Socket caller = entrance.accept()) {
        current = caller;
        if (entrance.isClosed()) {
          return;
        }
        serve(
            new DataInputStream(caller.getInputStream()),
            new DataOutputStream(caller.getOutputStream()));
        readToEnd(caller);
      } catch (IOException e) {
        // The caller or the test is over.
      }
    }
  }

  private static void serve(DataInputStream in, DataOutputStream out) throws IOException {
    frame(out, SETTINGS, 0);
    in.skipNBytes(PREFACE);
    int type;
    do {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      type = in.readUnsignedByte();
      in.skipNBytes(1 + 4 + length);
    } while (type != HEADERS);
    byte[] why = "too_many_pings".getBytes(StandardCharsets.US_ASCII);
    frame(out, GOAWAY, 8 + why.length);
    out.writeInt(Integer.MAX_VALUE);
    out.writeInt(ENHANCE_YOUR_CALM);
    out.write(why);
    out.flush();
  }

  /** A socket that is closed with bytes unread is reset, and its peer may lose the last frame. */
  private static void readToEnd(Socket caller) throws IOException {
    caller.shutdownOutput();
    caller.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static void frame(DataOutputStream out, int type, int length) throws IOException {
    out.writeShort(length >> 8);
    out.writeByte(length);
    out.writeByte(type);
    out.writeByte(0);
    out.writeInt(0);
  }
}
