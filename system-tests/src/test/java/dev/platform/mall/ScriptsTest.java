package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts for users also run in the bash of macOS, 3.2. */
class ScriptsTest {

  /** What later versions of bash brought, by how it looks in a script. */
  private static final Map<String, Pattern> NEWER =
      Map.ofEntries(
          Map.entry("associative arrays", Pattern.compile("\\b(declare|local|typeset) -\\w*A")),
          Map.entry("name references", Pattern.compile("\\b(declare|local|typeset) -\\w*n\\b")),
          Map.entry("global declarations", Pattern.compile("\\bdeclare -\\w*g")),
          Map.entry("mapfile", Pattern.compile("\\b(mapfile|readarray|coproc)\\b")),
          Map.entry("change of case", Pattern.compile("\\$\\{\\w+(\\[[^]]*])?(\\^|,)")),
          Map.entry("transformations", Pattern.compile("\\$\\{[^}]*@[a-zA-Z]}")),
          Map.entry("negative indexes", Pattern.compile("\\$\\{\\w+\\[ *-|\\$\\{\\w+:[^}]*: *-")),
          Map.entry("pipes of errors", Pattern.compile("\\|&|&>>")),
          Map.entry("falling through a case", Pattern.compile(";;?&")),
          Map.entry("tests of variables", Pattern.compile("\\[\\[? -[vR] ")),
          Map.entry("waiting for any process", Pattern.compile("\\bwait -\\w")),
          Map.entry("newer variables", Pattern.compile("\\b(EPOCH\\w+|BASHPID|SRANDOM)\\b")),
          Map.entry("printf of times", Pattern.compile("%\\([^)]*\\)T")),
          Map.entry("unicode escapes", Pattern.compile("\\$'[^']*\\\\[uU]")),
          Map.entry("numbered descriptors", Pattern.compile("\\{\\w+}[<>]")),
          Map.entry(
              "newer options of read", Pattern.compile("\\bread\\b[^;|&]* -(N|i|t *\\d*\\.)")),
          Map.entry("newer options", Pattern.compile("\\bshopt\\b.*(globstar|lastpipe|inherit)")),
          Map.entry("zero-padded ranges", Pattern.compile("\\{0\\d+\\.\\.|\\.\\.\\w+\\.\\.")));

  @ParameterizedTest
  @ValueSource(strings = {"demo", "benchmarks/run"})
  void usesNothingThatBashOfMacOsDoesNotKnow(String script) throws IOException {
    assertThat(newer(Files.readAllLines(Path.of("..", script)))).isEmpty();
  }

  @Test
  void recognisesWhatIsNewer() {
    List<String> lines =
        List.of(
            "declare -A ports",
            "local -n other=$1",
            "mapfile -t lines <file",
            "say ${name^^}",
            "say ${last[-1]}",
            "mvn package |& tee log",
            "  wait -n",
            "now=$EPOCHSECONDS",
            "printf '%(%s)T' -1",
            "read -t 0.5 line",
            "[[ -v name ]] || exit");
    assertThat(newer(lines)).hasSameSizeAs(lines);
  }

  private static List<String> newer(List<String> lines) {
    List<String> found = new ArrayList<>();
    for (String line : lines) {
      if (!line.strip().startsWith("#")) {
        NEWER.forEach(
            (what, pattern) -> {
              if (pattern.matcher(line).find()) {
                found.add(what + ": " + line);
              }
            });
      }
    }
    return found;
  }
}
