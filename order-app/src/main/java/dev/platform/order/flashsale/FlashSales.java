package dev.platform.order.flashsale;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import dev.platform.core.outcome.Rejection;
import dev.platform.order.flashsale.AdmissionQueue.Outcome;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The queues of all products in high demand. Thread-safe; waiting blocks. */
@Component
@EnableConfigurationProperties(FlashSaleProperties.class)
public final class FlashSales {

  private final FlashSaleProperties properties;
  private final MeterRegistry meters;
  private final SortedMap<String, AdmissionQueue> lines = new TreeMap<>();

  FlashSales(FlashSaleProperties properties, MeterRegistry meters) {
    this.properties = properties;
    this.meters = meters;
    for (String product : properties.products()) {
      AdmissionQueue line = new AdmissionQueue(properties.atOnce(), properties.maxWaiting());
      lines.put(product, line);
      Gauge.builder("mall.flash.sale.waiting", line, AdmissionQueue::waiting)
          .description("Orders that wait in the queue of a product")
          .tag("product", product)
          .register(meters);
    }
  }

  /**
   * Runs work when the queues of its products admit it; at once when no product has a queue.
   *
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED with a retry delay when the queue is full or
   *     the wait is too long; the call's status when the call has ended
   */
  public <T> T inLine(Collection<String> productIds, Supplier<T> work) {
    Deque<AdmissionQueue> entered = new ArrayDeque<>();
    long end = System.nanoTime() + properties.maxWait().toNanos();
    try {
      // In the order of the ids, so that two orders can't wait for each other.
      lines.forEach(
          (product, line) -> {
            if (productIds.contains(product)) {
              enter(product, line, end - System.nanoTime());
              entered.push(line);
            }
          });
      return work.get();
    } finally {
      entered.forEach(AdmissionQueue::leave);
    }
  }

  private void enter(String product, AdmissionQueue line, long maxWaitNanos) {
    long start = System.nanoTime();
    Outcome outcome = waitIn(line, Math.max(0, maxWaitNanos));
    Timer.builder("mall.flash.sale.wait")
        .description("How long orders waited in the queue of a product")
        .tag("product", product)
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(meters)
        .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    switch (outcome) {
      case ADMITTED -> {}
      case FULL, TOO_LONG -> throw refusal(product);
      case CALL_ENDED -> throw Contexts.statusFromCancelled(Context.current()).asRuntimeException();
    }
  }

  private static Outcome waitIn(AdmissionQueue line, long maxWaitNanos) {
    try {
      return line.enter(maxWaitNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    }
  }

  private StatusRuntimeException refusal(String product) {
    RetryInfo hint =
        RetryInfo.newBuilder()
            .setRetryDelay(
                Duration.newBuilder()
                    .setSeconds(properties.maxWait().toSeconds())
                    .setNanos(properties.maxWait().toNanosPart()))
            .build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
            .setMessage("too many orders wait for product " + product + ", try again soon")
            .addDetails(Any.pack(hint))
            .build(),
        Rejection.CONCURRENCY_LIMIT.trailers(properties.maxWait()));
  }
}
