package dev.platform.interop.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

/**
 * A subject in a script: two instances and a watcher, each a process, and what is seen of them.
 * Thread-safe.
 */
final class Participant implements AutoCloseable {

  /** What the keys of all participants begin with. */
  static final String ALL = "/services/";

  /** The instance that trouble for one of them meets. */
  static final int FIRST = 0;

  private final Subject subject;
  private final Duration leaseTtl;
  private final File log;
  private final DoubleSupplier clock;
  private final List<String> addresses;
  private final List<ChildProcess> processes = new ArrayList<>();
  private final Set<String> live; // guarded by this
  private final Set<String> expected; // guarded by this
  private final List<Moment> moments = new ArrayList<>(); // guarded by this
  private Set<String> stored = Set.of(); // guarded by this
  private Set<String> listed = Set.of(); // guarded by this
  private String version = ""; // guarded by this

  /**
   * @param port of the first instance; nobody listens there
   */
  Participant(Subject subject, int port, Duration leaseTtl, Path folder, DoubleSupplier clock) {
    this.subject = subject;
    this.leaseTtl = leaseTtl;
    this.log = log(subject, folder).toFile();
    this.clock = clock;
    this.addresses = List.of("127.0.0.1:" + port, "127.0.0.1:" + (port + 1));
    this.live = new TreeSet<>(addresses);
    this.expected = new TreeSet<>(addresses);
  }

  /** What a subject's processes log. */
  static Path log(Subject subject, Path folder) {
    return folder.resolve(subject.id() + ".log");
  }

  Subject subject() {
    return subject;
  }

  /** What its keys begin with. */
  String prefix() {
    return ALL + service() + "/";
  }

  String address(int instance) {
    return addresses.get(instance);
  }

  ChildProcess instance(int number) {
    return processes.get(number);
  }

  ChildProcess watcher() {
    return processes.get(addresses.size());
  }

  void start(String instancesEtcd, String watchersEtcd) throws IOException {
    for (String address : addresses) {
      start(List.of("instance", instancesEtcd, service(), address, "" + leaseTtl.toSeconds()));
    }
    start(List.of("watcher", watchersEtcd, service()));
  }

  /** A look at etcd. */
  synchronized void sawStored(Set<String> addresses) {
    stored = Set.copyOf(addresses);
    moments.add(new Moment.Stored(clock.getAsDouble(), stored));
  }

  synchronized void removed(String address) {
    moments.add(new Moment.Removed(clock.getAsDouble(), address));
  }

  /** A process of its own was killed. */
  synchronized void killed(String address) {
    noLonger(address);
    moments.add(new Moment.Killed(clock.getAsDouble(), address));
  }

  /** One of its own processes, or an instance that only is a key, has left. */
  synchronized void left(String address) {
    noLonger(address);
    moments.add(new Moment.Left(clock.getAsDouble(), address));
  }

  /** An instance that only is a key stays until the end. */
  synchronized void expect(String address) {
    expected.add(address);
  }

  /** Whether etcd and the list have exactly what they should. */
  synchronized boolean isRight() {
    return stored.equals(expected) && listed.equals(expected);
  }

  synchronized History history(double ready, double troubleEnds, double watcherCalm, double end) {
    return new History(
        version, leaseTtl, live, expected, ready, troubleEnds, watcherCalm, end, moments);
  }

  /** What was seen of it last, for a message. */
  synchronized String state() {
    return "%s: etcd has %s, its list has %s (expected: %s); log: %s"
        .formatted(subject.name(), stored, listed, expected, log);
  }

  @Override
  public void close() {
    processes.forEach(ChildProcess::close);
  }

  private String service() {
    return "peer-" + subject.id();
  }

  private void start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(subject.command());
    command.addAll(arguments);
    processes.add(ChildProcess.start(command, log, this::read));
  }

  private synchronized void noLonger(String address) {
    live.remove(address);
    expected.remove(address);
  }

  private synchronized void read(String line) {
    if (line.startsWith("version ")) {
      version = line.substring("version ".length());
    } else if (line.equals("list") || line.startsWith("list ")) {
      listed = addresses(line.substring("list".length()));
      moments.add(new Moment.Listed(clock.getAsDouble(), listed));
    }
  }

  private static Set<String> addresses(String text) {
    return text.isBlank() ? Set.of() : Set.of(text.strip().split(" "));
  }
}
