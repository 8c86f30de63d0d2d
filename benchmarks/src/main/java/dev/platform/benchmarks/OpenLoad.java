package dev.platform.benchmarks;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are begun at a rate, whatever becomes of those before, each with a deadline; a part of
 * them has a high priority. What is counted is good answers: with OK, in time.
 */
final class OpenLoad {

  private static final Metadata.Key<String> PRIORITY =
      Metadata.Key.of("platform-priority", Metadata.ASCII_STRING_MARSHALLER);
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<ProductServiceFutureStub> normal = new ArrayList<>();
  private final List<ProductServiceFutureStub> high = new ArrayList<>();
  private final Duration deadline;

  /** What came of a load. */
  static final class Result {

    static final Duration BIN = Duration.ofMillis(100);

    final AtomicIntegerArray good;
    private final AtomicLongArray tookMicros;
    final AtomicLong highBegun = new AtomicLong();
    final AtomicLong highGood = new AtomicLong();
    long begun;

    private Result(Duration time) {
      int bins = (int) (time.toNanos() / BIN.toNanos()) + 1;
      good = new AtomicIntegerArray(bins);
      tookMicros = new AtomicLongArray(bins);
    }

    /** Good answers a second. */
    double goodput() {
      long sum = 0;
      for (int i = 0; i < good.length() - 1; i++) {
        sum += good.get(i);
      }
      return sum * 1e9 / BIN.toNanos() / (good.length() - 1);
    }

    /** The mean time of good answers, in milliseconds. */
    double meanMillis() {
      long count = 0;
      long micros = 0;
      for (int i = 0; i < good.length(); i++) {
        count += good.get(i);
        micros += tookMicros.get(i);
      }
      return micros / 1000.0 / Math.max(1, count);
    }

    /** When the good answers of each tenth of a second have come to stay over this number. */
    double settledAfterMillis(double least) {
      int last = -1;
      for (int i = 0; i < good.length() - 1; i++) {
        last = good.get(i) < least ? i : last;
      }
      return (last + 1) * BIN.toMillis();
    }

    /** The tenths of a second with fewer good answers. */
    long below(double least) {
      long count = 0;
      for (int i = 0; i < good.length() - 1; i++) {
        count += good.get(i) < least ? 1 : 0;
      }
      return count;
    }
  }

  OpenLoad(List<? extends Channel> channels, Duration deadline) {
    this.deadline = deadline;
    Metadata headers = new Metadata();
    headers.put(PRIORITY, "high");
    for (Channel channel : channels) {
      normal.add(ProductServiceGrpc.newFutureStub(channel));
      high.add(
          ProductServiceGrpc.newFutureStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
    }
  }

  /**
   * Begins calls for a time.
   *
   * @param everyHigh each call of this number has a high priority; 0 for none
   */
  Result run(Duration time, double perSecond, int everyHigh) {
    Result result = new Result(time);
    long start = System.nanoTime();
    long end = start + time.toNanos();
    for (long now = start; now < end; now = System.nanoTime()) {
      long due = (long) ((now - start) / 1e9 * perSecond);
      while (result.begun < due) {
        boolean isHigh = everyHigh > 0 && result.begun % everyHigh == 0;
        call(result, isHigh, start);
        result.begun++;
      }
      LockSupport.parkNanos(STEP);
    }
    LockSupport.parkNanos(deadline.toNanos());
    return result;
  }

  private void call(Result result, boolean isHigh, long start) {
    ProductServiceFutureStub stub =
        (isHigh ? high : normal).get((int) (result.begun % normal.size()));
    if (isHigh) {
      result.highBegun.incrementAndGet();
    }
    long begunAt = System.nanoTime();
    Futures.addCallback(
        stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
            .getProduct(GetProductRequest.getDefaultInstance()),
        new FutureCallback<GetProductResponse>() {
          @Override
          public void onSuccess(@Nullable GetProductResponse answer) {
            long now = System.nanoTime();
            int bin =
                (int) Math.min((now - start) / Result.BIN.toNanos(), result.good.length() - 1);
            result.good.incrementAndGet(bin);
            result.tookMicros.addAndGet(bin, (now - begunAt) / 1000);
            if (isHigh) {
              result.highGood.incrementAndGet();
            }
          }

          @Override
          public void onFailure(Throwable refused) {}
        },
        MoreExecutors.directExecutor());
  }
}
