package dev.platform.mall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Linux's statistics of a process, from {@code /proc}. */
record LinuxProcess(long pid) {

  /** The unit of utime and stime; Linux reports hundredths of a second on every platform. */
  private static final long TICK_MILLIS = 10;

  /** The index of utime among the fields after the program's name, which may contain blanks. */
  private static final int USER_TIME = 11;

  /** Its resident memory in bytes. */
  long residentBytes() throws IOException {
    return number("VmRSS:") * 1024;
  }

  /** Its number of threads. */
  long threads() throws IOException {
    return number("Threads:");
  }

  /** Its user and system CPU time since its start. */
  Duration cpuTime() throws IOException {
    String stat = Files.readString(file("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
    return Duration.ofMillis(ticks * TICK_MILLIS);
  }

  /** Its number of open files and connections. */
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(file("fd"))) {
      return files.count();
    }
  }

  private long number(String entry) throws IOException {
    String line =
        Files.readAllLines(file("status")).stream()
            .filter(candidate -> candidate.startsWith(entry))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  private Path file(String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
