package dev.platform.interop.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** One script, played once with all subjects on one etcd. */
final class ScriptRun {

  private static final Duration LEASE_TTL = Duration.ofSeconds(10);
  private static final Duration STARTING = Duration.ofMinutes(3);
  private static final Duration BEFORE_TROUBLE = Duration.ofSeconds(2);
  private static final Duration LOOKS = Duration.ofMillis(200);

  /** From then on bounds that ask for calm count. */
  private static final Duration CALM = Duration.ofSeconds(21);

  private static final Duration NEWCOMER_STAYS = Duration.ofSeconds(5);

  /** Seconds after the trouble until which nobody gives up. */
  private static final double LAST_LOOK = 78;

  private static final int FIRST_PORT = 10_000;
  private static final String NEWCOMER = "127.0.0.1:19999";

  private final Script script;
  private final long startedAt = System.nanoTime();
  private final List<Participant> participants = new ArrayList<>();

  private ScriptRun(Script script, List<Subject> subjects, Path folder) {
    this.script = script;
    for (Subject subject : subjects) {
      int port = FIRST_PORT + 10 * participants.size();
      participants.add(new Participant(subject, port, LEASE_TTL, folder, this::seconds));
    }
  }

  /**
   * Plays it, and writes what was seen. Blocks for one to three minutes.
   *
   * @param folder for the histories and the processes' logs
   */
  static void play(Script script, List<Subject> subjects, Path folder) throws Exception {
    Files.createDirectories(folder);
    for (Subject subject : subjects) {
      Files.deleteIfExists(history(subject, folder));
      Files.deleteIfExists(Participant.log(subject, folder));
    }
    new ScriptRun(script, subjects, folder).play(folder);
  }

  /** Where the history of a subject is. */
  static Path history(Subject subject, Path folder) {
    return folder.resolve(subject.id() + ".txt");
  }

  private void play(Path folder) throws Exception {
    try (Stage stage = Stage.open(script, participants)) {
      Thread looking = new Thread(() -> look(stage), "looks-" + script.name());
      looking.start();
      try {
        write(tell(stage), folder);
      } finally {
        looking.interrupt();
        looking.join();
      }
    }
  }

  private Times tell(Stage stage) throws Exception {
    stage.startParticipants(script);
    if (!until(seconds() + STARTING.toSeconds(), this::areAllRight)) {
      throw new IllegalStateException("not ready: " + states());
    }
    double ready = seconds();
    stage.pause(BEFORE_TROUBLE);
    script.trouble().happen(stage);
    double over = seconds();
    stage.pause(CALM);
    participants.forEach(participant -> stage.join(participant, NEWCOMER));
    stage.pause(NEWCOMER_STAYS);
    participants.forEach(participant -> stage.leave(participant, NEWCOMER));
    stage.pause(NEWCOMER_STAYS);
    until(over + LAST_LOOK, this::areAllRight);
    return new Times(ready, over, seconds());
  }

  private void write(Times times, Path folder) throws IOException {
    double watcherCalm = script.watchers() ? times.over() : Double.NEGATIVE_INFINITY;
    for (Participant participant : participants) {
      HistoryFile.write(
          history(participant.subject(), folder),
          participant.history(times.ready(), times.over(), watcherCalm, times.end()));
    }
  }

  /** Looks at etcd until it is interrupted. */
  private void look(Stage stage) {
    try {
      while (!Thread.interrupted()) {
        try {
          look(stage.access());
        } catch (IllegalStateException noAnswer) {
          // etcd is away: nothing to be seen.
        }
        stage.pause(LOOKS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(EtcdAccess access) {
    Set<String> keys = access.leases(Participant.ALL).keySet();
    for (Participant participant : participants) {
      String prefix = participant.prefix();
      participant.sawStored(
          keys.stream()
              .filter(key -> key.startsWith(prefix))
              .map(key -> key.substring(prefix.length()))
              .collect(Collectors.toSet()));
    }
  }

  private boolean areAllRight() {
    return participants.stream().allMatch(Participant::isRight);
  }

  private String states() {
    return participants.stream()
        .filter(participant -> !participant.isRight())
        .map(Participant::state)
        .collect(Collectors.joining("; "));
  }

  private boolean until(double time, BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (seconds() > time) {
        return false;
      }
      Thread.sleep(LOOKS.toMillis());
    }
    return true;
  }

  private double seconds() {
    return (System.nanoTime() - startedAt) / 1e9;
  }

  private record Times(double ready, double over, double end) {}
}
