package dev.platform.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Size, time and allocation of the mall's messages as protobuf and as JSON. Writing starts from the
 * application's own values and ends with bytes, so the message or the record is built each time;
 * reading ends with the message or the record.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields.
public class SerialisationBenchmark {

  /** A way to write and read one of the mall's messages. */
  interface Codec {

    byte[] write() throws IOException;

    Object read(byte[] bytes) throws IOException;
  }

  /** The formats that are compared; the first one is the reference. */
  public enum Format {
    PROTOBUF,
    JACKSON,
    PROTOBUF_JSON;

    Codec codec(MallMessage message) {
      return switch (this) {
        case PROTOBUF -> message.protobuf();
        case JACKSON -> message.jackson();
        case PROTOBUF_JSON -> message.protobufJson();
      };
    }
  }

  /** The message's name. */
  @Param({"ORDER_REQUEST"})
  public MallMessage message;

  /** How it is written. */
  @Param({"PROTOBUF"})
  public Format format;

  private Codec codec;
  private byte[] bytes;

  /**
   * Measures and prints two tables.
   *
   * @param arguments the number of forks, then names of messages; all messages if there are none
   */
  public static void main(String[] arguments) throws Exception {
    int forks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
    List<MallMessage> messages =
        arguments.length > 1
            ? Arrays.stream(arguments).skip(1).map(SerialisationBenchmark::message).toList()
            : List.of(MallMessage.values());
    for (MallMessage each : messages) {
      each.requireSameContent();
    }
    printSizes(messages);
    System.out.println("\nMeasures for about " + minutes(messages.size(), forks) + " minutes.");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(SerialisationBenchmark.class.getName() + "\\.(write|read)$")
                    .param("message", names(messages.toArray()))
                    .param("format", names(Format.values()))
                    .forks(forks)
                    .addProfiler(GCProfiler.class)
                    .jvmArgsAppend("-Xms512m", "-Xmx512m")
                    .build())
            .run();
    printSizes(messages);
    System.out.println();
    printCosts(messages, new Costs(results));
  }

  private static MallMessage message(String name) {
    return MallMessage.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static int minutes(int messages, int forks) {
    int seconds = messages * Format.values().length * 2 * forks * 6;
    return (seconds + 59) / 60;
  }

  private static String[] names(Object[] constants) {
    return Arrays.stream(constants).map(Object::toString).toArray(String[]::new);
  }

  private static void printSizes(List<MallMessage> messages) throws IOException {
    print(
        "| message | protobuf, B | JSON, B | of protobuf | gzip: protobuf, B | JSON, B | of protobuf |");
    print("|---|---|---|---|---|---|---|");
    for (MallMessage each : messages) {
      byte[] protobuf = each.protobuf().write();
      byte[] json = each.jackson().write();
      int small = compressed(protobuf);
      int smallJson = compressed(json);
      print(
          "| %s | %d | %d | %.1f | %d | %d | %.1f |",
          each.description(),
          protobuf.length,
          json.length,
          json.length / (double) protobuf.length,
          small,
          smallJson,
          smallJson / (double) small);
    }
  }

  private static int compressed(byte[] bytes) throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(sink)) {
      gzip.write(bytes);
    }
    return sink.size();
  }

  private static void printCosts(List<MallMessage> messages, Costs costs) {
    print(
        "| message | | protobuf, ns | Jackson, ns | of protobuf | JsonFormat, ns | of protobuf"
            + " | protobuf, B | Jackson, B | of protobuf | JsonFormat, B |");
    print("|---|---|---|---|---|---|---|---|---|---|---|");
    for (MallMessage each : messages) {
      for (String operation : List.of("write", "read")) {
        double nanos = costs.nanos(each, Format.PROTOBUF, operation);
        double jackson = costs.nanos(each, Format.JACKSON, operation);
        double jsonFormat = costs.nanos(each, Format.PROTOBUF_JSON, operation);
        double bytes = costs.bytes(each, Format.PROTOBUF, operation);
        double jacksonBytes = costs.bytes(each, Format.JACKSON, operation);
        print(
            "| %s | %s | %.0f | %.0f | %.1f | %.0f | %.1f | %.0f | %.0f | %.1f | %.0f |",
            each.description(),
            operation,
            nanos,
            jackson,
            jackson / nanos,
            jsonFormat,
            jsonFormat / nanos,
            bytes,
            jacksonBytes,
            jacksonBytes / bytes,
            costs.bytes(each, Format.PROTOBUF_JSON, operation));
      }
    }
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  /** What JMH has measured. */
  private record Costs(Collection<RunResult> results) {

    double nanos(MallMessage message, Format format, String operation) {
      return find(message, format, operation).getPrimaryResult().getScore();
    }

    double bytes(MallMessage message, Format format, String operation) {
      return find(message, format, operation).getSecondaryResults().entrySet().stream()
          .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
          .findFirst()
          .orElseThrow()
          .getValue()
          .getScore();
    }

    private RunResult find(MallMessage message, Format format, String operation) {
      return results.stream()
          .filter(result -> result.getParams().getBenchmark().endsWith("." + operation))
          .filter(result -> result.getParams().getParam("message").equals(message.name()))
          .filter(result -> result.getParams().getParam("format").equals(format.name()))
          .findFirst()
          .orElseThrow();
    }
  }

  @Setup
  public void setUp() throws IOException {
    codec = format.codec(message);
    bytes = codec.write();
  }

  /** From the application's values to bytes. */
  @Benchmark
  public byte[] write() throws IOException {
    return codec.write();
  }

  /** From bytes to an object. */
  @Benchmark
  public Object read() throws IOException {
    return codec.read(bytes);
  }

  /** protobuf's own JSON, by reflection over the message's descriptor. */
  static byte[] toJson(Message message) {
    try {
      return JsonFormat.printer().print(message).getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Message fromJson(byte[] json, Message.Builder builder)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().merge(new String(json, StandardCharsets.UTF_8), builder);
    return builder.build();
  }
}
