package dev.platform.benchmarks.peers;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.platform.benchmarks.peers.Peer.UnaryCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A peer's process, which obeys the lines of its standard input and ends with it. Answers are lines
 * of the standard output; whatever else is printed there is skipped by the benchmark.
 *
 * <ul>
 *   <li>{@code server [registry]}: prints {@code port N}. {@code cost} prints the CPU time and the
 *       allocated bytes, {@code delay N} makes each answer take N microseconds.
 *   <li>{@code client registry}: prints {@code connected} after its first successful call. {@code
 *       start N} calls N times a second, {@code stop} prints {@code call DUE LATENCY OUTCOME} for
 *       each of these calls, in nanoseconds, then {@code end}.
 * </ul>
 */
public final class PeerProcess {

  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(40);

  private final PrintStream out = System.out;
  private @Nullable UnaryCall call;
  private @Nullable OpenLoop load;

  private PeerProcess() {}

  /** Runs until the end of the standard input, then exits. */
  public static void run(String[] arguments, Peer peer) throws Exception {
    PeerProcess process = new PeerProcess();
    if (arguments[0].equals("server")) {
      process.print("port " + peer.serve(arguments.length > 1 ? arguments[1] : null));
    } else {
      process.connect(peer.connect(arguments[1]));
    }
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      process.obey(line.split(" "));
    }
    Runtime.getRuntime().halt(0);
  }

  private void connect(UnaryCall first) throws InterruptedException, IOException {
    long latest = System.nanoTime() + CONNECT_NANOS;
    while (true) {
      Throwable failure = await(first);
      if (failure == null) {
        call = first;
        print("connected");
        return;
      }
      if (System.nanoTime() > latest) {
        throw new IOException("no call succeeded", failure);
      }
      Thread.sleep(100);
    }
  }

  private static @Nullable Throwable await(UnaryCall call) throws InterruptedException {
    CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
    try {
      call.start(ended::complete);
      return ended.get(5, TimeUnit.SECONDS);
    } catch (RuntimeException | ExecutionException | TimeoutException e) {
      return e;
    }
  }

  private void obey(String[] words) throws InterruptedException {
    switch (words[0]) {
      case "cost" -> print("cost " + cpuNanos() + " " + allocatedBytes());
      case "delay" -> Recommender.setDelayMicros(Integer.parseInt(words[1]));
      case "start" -> start(Integer.parseInt(words[1]));
      case "stop" -> stop();
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private void start(int rate) {
    if (call == null) {
      throw new IllegalStateException("a server makes no calls");
    }
    load = new OpenLoop(call, rate);
    load.start();
  }

  private void stop() throws InterruptedException {
    if (load != null) {
      load.stop(out);
    }
    print("end");
  }

  private void print(String line) {
    out.println(line);
    out.flush();
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** By threads that still run. */
  private static long allocatedBytes() {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
