package dev.platform.helm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** This machine's addresses for those that etcd's members have in a cluster. */
final class LocalAddresses {

  private static final int FIRST = 2378;
  private static final int PORTS_OF_A_MEMBER = 4;

  private final String member;
  private final int firstNumber;
  private final List<Integer> ports;

  /**
   * @param member the host name of a member, with %d for its number
   */
  LocalAddresses(String member, int members) throws IOException {
    this(member, 0, members);
  }

  /**
   * @param member the host name of a member, with %d for its number
   * @param firstNumber the number of the first one
   */
  LocalAddresses(String member, int firstNumber, int members) throws IOException {
    this.member = member;
    this.firstNumber = firstNumber;
    this.ports = free(PORTS_OF_A_MEMBER * members);
  }

  /** The text as seen by any member. */
  String of(String text) {
    String local = text;
    for (int i = 0; i < ports.size() / PORTS_OF_A_MEMBER; i++) {
      int number = firstNumber + i;
      local = replaced(local, member.formatted(number), number);
    }
    return local;
  }

  /** The text as seen by one member, with its own addresses. */
  String of(String text, int number) {
    return replaced(replaced(of(text), "0.0.0.0", number), "localhost", number);
  }

  /** The port of a member in place of the one that it has in its pod. */
  int port(int number, int port) {
    return ports.get((number - firstNumber) * PORTS_OF_A_MEMBER + port - FIRST);
  }

  private String replaced(String text, String host, int number) {
    String local = text;
    for (int purpose = 0; purpose < PORTS_OF_A_MEMBER; purpose++) {
      local =
          local.replace(
              host + ":" + (FIRST + purpose), "127.0.0.1:" + port(number, FIRST + purpose));
    }
    return local;
  }

  private static List<Integer> free(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return List.copyOf(ports);
  }
}
