package dev.platform.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The message of a stopped import about its stored lines. */
class ImportStockTest {

  private boolean connected = true;

  @Test
  void reportsThatTheOutcomeOfACommitIsUnknown() {
    ImportStock importing = started("");
    connected = false;

    assertThatThrownBy(() -> lines(importing, "")).hasMessage("connection lost");

    assertThat(importing.describeKeptLines())
        .isEqualTo("lines up to 500 are kept, up to 1000 perhaps");
  }

  @Test
  void asksToResendADeliveryThatHasAnId() {
    ImportStock importing = started("d-1");
    connected = false;

    assertThatThrownBy(() -> lines(importing, "d-1")).hasMessage("connection lost");

    assertThat(importing.describeKeptLines())
        .isEqualTo("lines up to 500 are kept; send the delivery again from its first line");
  }

  private ImportStock started(String delivery) {
    ImportStock importing = new ImportStock(new EndlessStock(), new NewDelivery(), this::within);
    lines(importing, delivery);
    assertThat(importing.describeKeptLines()).startsWith("lines up to 500 are kept");
    return importing;
  }

  private static void lines(ImportStock importing, String delivery) {
    for (int i = 0; i < ImportStock.BATCH; i++) {
      importing.add(delivery, "p-1", 1);
    }
  }

  /** Commits the work; without a connection the commit's response is lost. */
  private <T> T within(Supplier<T> work) {
    T done = work.get();
    if (!connected) {
      throw new IllegalStateException("connection lost");
    }
    return done;
  }

  private static final class NewDelivery implements Deliveries {
    @Override
    public Progress lock(String id) {
      return new Progress(0, "");
    }

    @Override
    public void advance(String id, Progress to) {}
  }

  private static final class EndlessStock implements Stock {
    @Override
    public Optional<InsufficientStock.Shortage> setAside(ReservationLine line) {
      return Optional.empty();
    }

    @Override
    public void sell(ReservationLine line) {}

    @Override
    public void giveBack(ReservationLine line) {}

    @Override
    public Set<String> add(SortedMap<String, Long> pieces) {
      return Set.of();
    }
  }
}
