package dev.platform.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * The resources used by this process so far.
 *
 * @param cpuNanos CPU time of all its threads, garbage collection and compilation included
 * @param allocatedBytes the bytes allocated by its live Java threads
 * @param wallNanos monotonic time
 */
record ProcessCost(long cpuNanos, long allocatedBytes, long wallNanos) {

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  static ProcessCost now() {
    long allocated =
        Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
            .filter(bytes -> bytes > 0)
            .sum();
    return new ProcessCost(SYSTEM.getProcessCpuTime(), allocated, System.nanoTime());
  }

  /** Bytes in use on the heap after a full collection. */
  static long heapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  ProcessCost since(ProcessCost start) {
    return new ProcessCost(
        cpuNanos - start.cpuNanos,
        allocatedBytes - start.allocatedBytes,
        wallNanos - start.wallNanos);
  }

  double cpuMillis() {
    return cpuNanos / 1e6;
  }

  /** CPU time as a percentage of one core. */
  double percentOfACore() {
    return 100.0 * cpuNanos / wallNanos;
  }

  /** CPU milliseconds and allocated kilobytes for each of {@code count}. */
  String perEach(int count) {
    return String.format(
        Locale.ROOT,
        "%.2f ms CPU, %.0f kB allocated",
        cpuMillis() / count,
        allocatedBytes / 1024.0 / count);
  }
}
