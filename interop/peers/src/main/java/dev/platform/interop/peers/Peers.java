package dev.platform.interop.peers;

import dev.platform.starter.test.etcd.EtcdProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plays scripts, and writes the table into {@code docs/peers.md}, with what is there of scripts
 * that were played before. Arguments: how many are played at the same time, and the names of
 * scripts, all by default; 0 plays none. Ends with 1 if a script could not be played, or the
 * platform broke a promise.
 */
public final class Peers {

  private static final Path FOLDER = Path.of("interop", "peers", "target", "peers");
  private static final Path PAGE = Path.of("docs", "peers.md");
  private static final String BEGIN = "<!-- peers: written by interop/run peers -->";
  private static final String END = "<!-- end of peers -->";

  private final List<Subject> subjects;
  private final Map<Script, List<Verdict>> verdicts = new LinkedHashMap<>();
  private final Set<String> versions = new LinkedHashSet<>();

  private Peers(List<Subject> subjects) {
    this.subjects = subjects;
  }

  /** In the root of the repository. */
  public static void main(String[] arguments) throws Exception {
    if (!EtcdProcess.isAvailable()) {
      throw new IllegalStateException(
          "no etcd on the PATH (expected: apt-get install etcd-server)");
    }
    Peers peers = new Peers(Subject.all(Path.of("interop")));
    int together = Integer.parseInt(arguments[0]);
    boolean played =
        together == 0
            || peers.play(scripts(List.of(arguments).subList(1, arguments.length)), together);
    peers.judge();
    String table = peers.headline() + "\n\n" + new Table(peers.subjects, peers.verdicts).markdown();
    System.out.println(table);
    write(table);
    System.exit(played && peers.isKept() ? 0 : 1);
  }

  private static List<Script> scripts(List<String> names) {
    List<Script> scripts = new ArrayList<>(Scripts.all());
    for (String name : names) {
      if (scripts.stream().noneMatch(script -> script.name().equals(name))) {
        throw new IllegalArgumentException(
            "script: %s (expected: one of %s)"
                .formatted(name, scripts.stream().map(Script::name).toList()));
      }
    }
    scripts.removeIf(script -> !names.isEmpty() && !names.contains(script.name()));
    return scripts;
  }

  /** Returns whether all could be played. */
  private boolean play(List<Script> scripts, int together) throws InterruptedException {
    ExecutorService players = Executors.newFixedThreadPool(together);
    Map<Script, Future<?>> playing = new LinkedHashMap<>();
    for (Script script : scripts) {
      playing.put(
          script,
          players.submit(
              () -> {
                ScriptRun.play(script, subjects, FOLDER.resolve(script.name()));
                return null;
              }));
    }
    boolean all = true;
    for (Map.Entry<Script, Future<?>> one : playing.entrySet()) {
      try {
        one.getValue().get();
        System.err.println("peers: played " + one.getKey().name());
      } catch (ExecutionException e) {
        System.err.println("peers: not played " + one.getKey().name() + ": " + e.getCause());
        all = false;
      }
    }
    players.shutdown();
    return all;
  }

  /** What was seen of all scripts, those of earlier runs among them. */
  private void judge() throws IOException {
    for (Script script : Scripts.all()) {
      List<Verdict> row = new ArrayList<>();
      for (Subject subject : subjects) {
        Path file = ScriptRun.history(subject, FOLDER.resolve(script.name()));
        if (Files.exists(file)) {
          History history = HistoryFile.read(file);
          row.add(Judge.judge(history));
          versions.add(history.version());
        }
      }
      if (row.size() == subjects.size()) {
        verdicts.put(script, row);
      }
    }
  }

  private boolean isKept() {
    return verdicts.values().stream().allMatch(row -> row.get(0).isKept());
  }

  /** The date, and who took part, in one line. */
  private String headline() throws IOException {
    versions.remove("");
    return "%s, etcd %s, Java %s; %s."
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            etcdVersion(),
            System.getProperty("java.version"),
            String.join("; ", versions));
  }

  private static String etcdVersion() throws IOException {
    Process etcd = new ProcessBuilder("etcd", "--version").start();
    try (BufferedReader lines = etcd.inputReader()) {
      String first = Objects.requireNonNullElse(lines.readLine(), "");
      return first.substring(first.lastIndexOf(' ') + 1);
    }
  }

  private static void write(String text) throws IOException {
    String page = Files.readString(PAGE);
    String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String after = page.substring(page.indexOf(END));
    Files.writeString(PAGE, before + "\n\n" + text + "\n" + after);
  }
}
