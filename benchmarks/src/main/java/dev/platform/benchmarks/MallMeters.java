package dev.platform.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app's own meters of its steps, read from {@code /actuator/prometheus}: server and client gRPC
 * calls, and database connections.
 *
 * @param steps by name
 */
record MallMeters(Map<String, Sum> steps) {

  static final MallMeters NONE = new MallMeters(Map.of());

  private static final Pattern CALL =
      Pattern.compile("rpc_(client|server)_call_duration_seconds_(count|sum)\\{(.*)} (\\S+)");
  private static final Pattern METHOD = Pattern.compile("rpc_method=\"[\\w.]+/(\\w+)\"");
  private static final Pattern POOL =
      Pattern.compile("hikaricp_connections_(usage|acquire)_seconds_(count|sum)\\{.*} (\\S+)");

  /**
   * The count and duration of a step.
   *
   * @param seconds its total duration
   */
  record Sum(double count, double seconds) {

    private Sum plus(Sum other) {
      return new Sum(count + other.count, seconds + other.seconds);
    }
  }

  static MallMeters parse(String prometheus) {
    Map<String, Sum> steps = new TreeMap<>();
    prometheus
        .lines()
        .forEach(
            line -> {
              Matcher call = CALL.matcher(line);
              if (call.matches()) {
                Matcher method = METHOD.matcher(call.group(3));
                String direction = call.group(1).equals("client") ? "calls " : "serves ";
                if (method.find()) {
                  add(steps, direction + method.group(1), call.group(2), call.group(4));
                }
              }
              Matcher pool = POOL.matcher(line);
              if (pool.matches()) {
                boolean usage = pool.group(1).equals("usage");
                String step = "database connection, " + (usage ? "used" : "waited for");
                add(steps, step, pool.group(2), pool.group(3));
              }
            });
    return new MallMeters(steps);
  }

  private static void add(Map<String, Sum> steps, String step, String what, String value) {
    double number = Double.parseDouble(value);
    Sum sum = what.equals("count") ? new Sum(number, 0) : new Sum(0, number);
    steps.merge(step, sum, Sum::plus);
  }

  /** The increase since an earlier reading. */
  MallMeters since(MallMeters then) {
    Map<String, Sum> between = new TreeMap<>();
    steps.forEach(
        (step, now) -> {
          Sum before = then.steps().getOrDefault(step, new Sum(0, 0));
          if (now.count() > before.count()) {
            between.put(
                step, new Sum(now.count() - before.count(), now.seconds() - before.seconds()));
          }
        });
    return new MallMeters(between);
  }
}
