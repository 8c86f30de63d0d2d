package dev.platform.dev.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {

  @TempDir private Path folder;
  private Path program;

  @BeforeEach
  void unpackInPart() throws IOException {
    Path version = Files.createDirectories(folder.resolve("PG-1/bin"));
    program = Files.writeString(version.resolve("postgres"), "a part of it");
    Files.createSymbolicLink(version.resolve("postmaster"), Path.of("postgres"));
  }

  @Test
  void deletesLeftoversOfAKilledProcess() throws IOException {
    Binaries.deleteIncomplete(folder);
    assertThat(folder.resolve("PG-1/bin")).doesNotExist();
  }

  @Test
  void keepsCompleteFiles() throws IOException {
    Files.createFile(folder.resolve("PG-1/.exists"));
    Binaries.deleteIncomplete(folder);
    assertThat(program).exists();
  }

  @Test
  void keepsFilesBeingUnpacked() throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("PG-1/epg-lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Binaries.deleteIncomplete(folder);
      assertThat(lock.isValid()).isTrue();
    }
    assertThat(program).exists();
  }

  @Test
  void toleratesAMissingFolder() throws IOException {
    Path missing = folder.resolve("missing");
    Binaries.deleteIncomplete(missing);
    assertThat(missing).doesNotExist();
  }
}
