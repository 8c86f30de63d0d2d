package dev.platform.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenResourcesTest {

  private final OpenResources resources = new OpenResources();
  private final List<String> closed = new ArrayList<>();

  @Test
  void closesInReverseOrderAndEachOnce() {
    resources.add(() -> closed.add("first"));
    resources.add(() -> closed.add("last"));
    resources.close();
    resources.close();
    assertThat(closed).containsExactly("last", "first");
  }

  @Test
  void closesTheOthersIfOneCannotBeClosed() {
    resources.add(() -> closed.add("first"));
    resources.add(
        () -> {
          throw new IOException("stuck");
        });
    resources.close();
    assertThat(closed).containsExactly("first");
  }
}
