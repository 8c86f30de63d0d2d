package dev.platform.order.platform;

import dev.platform.order.platform.PlatformView.Calls;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This process's gRPC calls, summed from the platform's meters. */
final class CallMeters {

  private static final String IN = "rpc.server.call.duration";
  private static final String OUT = "rpc.client.call.duration";

  private final MeterRegistry meters;

  CallMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  List<Calls> calls() {
    List<Calls> all = new ArrayList<>(calls("in", IN));
    all.addAll(calls("out", OUT));
    return all;
  }

  private List<Calls> calls(String direction, String meter) {
    Map<String, Calls> byMethod = new HashMap<>();
    for (Timer timer : meters.find(meter).timers()) {
      Calls calls = calls(direction, timer);
      if (calls != null) {
        byMethod.merge(calls.method(), calls, CallMeters::sum);
      }
    }
    return byMethod.values().stream().sorted(Comparator.comparing(Calls::method)).toList();
  }

  private static @Nullable Calls calls(String direction, Timer timer) {
    String method = timer.getId().getTag("rpc.method");
    if (method == null) {
      return null;
    }
    long count = timer.count();
    boolean ok = Objects.equals(timer.getId().getTag("rpc.response.status_code"), "OK");
    double seconds = timer.totalTime(TimeUnit.SECONDS);
    return new Calls(direction, method, count, ok ? 0 : count, seconds);
  }

  private static Calls sum(Calls a, Calls b) {
    return new Calls(
        a.direction(),
        a.method(),
        a.count() + b.count(),
        a.failed() + b.failed(),
        a.seconds() + b.seconds());
  }
}
