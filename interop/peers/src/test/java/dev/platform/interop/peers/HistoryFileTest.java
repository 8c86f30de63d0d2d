package dev.platform.interop.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

  @Test
  void isReadAsItWasWritten(@TempDir Path folder) throws Exception {
    History history =
        new History(
            "client 1.0, go1.26",
            Duration.ofSeconds(10),
            Set.of("a:1"),
            Set.of("a:1", "b:2"),
            1.5,
            20,
            Double.NEGATIVE_INFINITY,
            90.25,
            List.of(
                new Moment.Stored(1, Set.of("a:1", "b:2")),
                new Moment.Listed(1.25, Set.of()),
                new Moment.Removed(2, "a:1"),
                new Moment.Killed(3, "c:3"),
                new Moment.Left(4, "d:4"),
                new Moment.Stored(5, Set.of())));
    Path file = folder.resolve("history.txt");

    HistoryFile.write(file, history);

    assertThat(HistoryFile.read(file)).isEqualTo(history);
  }
}
