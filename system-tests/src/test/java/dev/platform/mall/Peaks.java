package dev.platform.mall;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Samples metrics periodically and keeps the maximum of each. Thread-safe. */
final class Peaks implements AutoCloseable {

  private static final long PAUSE_MILLIS = 250;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "peaks"));
  private final Map<String, DoubleSupplier> figures;
  private final Map<String, Double> highest = new TreeMap<>(); // guarded by this
  private @Nullable RuntimeException failure; // guarded by this

  private Peaks(Map<String, DoubleSupplier> figures) {
    this.figures = figures;
  }

  static Peaks of(Map<String, DoubleSupplier> figures) {
    Peaks peaks = new Peaks(figures);
    var unused =
        peaks.clock.scheduleWithFixedDelay(peaks::look, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    return peaks;
  }

  /**
   * @throws IllegalStateException when a sample failed
   */
  synchronized double of(String figure) {
    if (failure != null) {
      throw new IllegalStateException("the figures could not be sampled", failure);
    }
    Double peak = highest.get(figure);
    if (peak == null) {
      throw new IllegalStateException(figure + " was never sampled");
    }
    return peak;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  @Override
  public synchronized String toString() {
    return highest.toString();
  }

  private void look() {
    try {
      figures.forEach((name, figure) -> seen(name, figure.getAsDouble()));
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private synchronized void failed(RuntimeException e) {
    failure = e;
  }

  private synchronized void seen(String figure, double value) {
    highest.merge(figure, value, Math::max);
  }
}
