package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class WaterfallTest {

  private static final String TRACE =
      """
      [
        {"id": "c", "parentId": "b", "kind": "SERVER", "name": "a.b/pay", "timestamp": 1030000,
         "duration": 5000, "localEndpoint": {"serviceName": "payment-app"},
         "tags": {"rpc.method": "A.B/Pay", "error": "INTERNAL"}},
        {"id": "a", "parentId": "made-up", "kind": "SERVER", "name": "o.o/create",
         "timestamp": 1000000, "duration": 40000, "localEndpoint": {"serviceName": "order-app"},
         "tags": {"rpc.method": "O.O/Create"}},
        {"id": "w", "parentId": "made-up", "kind": "SERVER", "name": "o.o/watch",
         "timestamp": 900000, "duration": 9000000, "localEndpoint": {"serviceName": "order-app"}},
        {"id": "b", "parentId": "a", "kind": "CLIENT", "name": "a.b/pay", "timestamp": 1020000,
         "duration": 20000, "localEndpoint": {"serviceName": "order-app"},
         "tags": {"rpc.method": "A.B/Pay"}},
        {"id": "i", "parentId": "a", "name": "insert_order_to_db", "timestamp": 1010000,
         "duration": 10, "localEndpoint": {"serviceName": "order-app"}}
      ]
      """;

  @Test
  void showsTheLargestTreeByTimeAndDepth() throws Exception {
    assertThat(Waterfall.of(new ObjectMapper().readTree(TRACE)).lines())
        .containsExactly(
            line("order-app", "O.O/Create", "   40.0", 0, 24),
            line("order-app", "  insert_order_to_db", "    0.0", 6, 1),
            line("order-app", "  A.B/Pay (client)", "   20.0", 12, 12),
            line("payment-app", "    A.B/Pay FAILED", "    5.0", 18, 3));
  }

  @Test
  void anEmptyTraceHasNoLines() throws Exception {
    assertThat(Waterfall.of(new ObjectMapper().readTree("[]")).lines()).isEmpty();
  }

  private static String line(String service, String name, String millis, int from, int length) {
    return "%-13s  %-20s %s ms  %s%s"
        .formatted(service, name, millis, " ".repeat(from), "=".repeat(length));
  }
}
