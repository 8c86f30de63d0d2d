package dev.platform.core.call;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.outcome.AnswerTimes;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class CallRecorderInterleavingsTest {

  private static final Attributes ONE = connection(1);
  private static final Attributes OTHER = connection(2);

  @Test
  void aPeerIsThatOfItsConnectionWhoeverAsksFirst() {
    explore(
        () -> {
          CallRecorder recorder = TestCalls.recorder(() -> 0);
          AtomicReferenceArray<Peer> peers = new AtomicReferenceArray<>(4);
          together(
              () -> {
                peers.set(0, recorder.peer(ONE));
                peers.set(1, recorder.peer(OTHER));
              },
              () -> {
                peers.set(2, recorder.peer(OTHER));
                peers.set(3, recorder.peer(ONE));
              });
          check(isOf(1, peers.get(0)) && isOf(1, peers.get(3)), "not the first one's");
          check(isOf(2, peers.get(1)) && isOf(2, peers.get(2)), "not the second one's");
        });
  }

  @Test
  void allCallsOfAMethodHaveTheSameAnswerTimes() {
    explore(
        () -> {
          CalledMethods methods = new CalledMethods();
          AtomicReferenceArray<AnswerTimes> times = new AtomicReferenceArray<>(2);
          together(
              () -> times.set(0, methods.times("test-service", "test.Service/Read")),
              () -> times.set(1, methods.times("test-service", "test.Service/Read")));
          check(times.get(0) == times.get(1), "two of them");
          check(
              times.get(0) == methods.times("test-service", "test.Service/Read"), "later another");
        });
  }

  private static Attributes connection(int port) {
    return Attributes.newBuilder()
        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress("127.0.0.1", port))
        .build();
  }

  private static boolean isOf(int port, Peer peer) {
    return peer != null && peer.toString().endsWith(":" + port);
  }
}
