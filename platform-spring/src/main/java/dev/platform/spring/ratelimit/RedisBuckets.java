package dev.platform.spring.ratelimit;

import dev.platform.core.ratelimit.SharedBucket;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bucket4j's buckets in Redis, over one connection, which is opened on first use and reconnects by
 * itself. Without it requests fail at once. Thread-safe; only {@link #close} blocks.
 */
final class RedisBuckets implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration KEPT_AFTER_FULL = Duration.ofMinutes(1);
  private static final int MOST_RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_SECONDS = 2;

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final String root;
  private final Duration timeout;
  // guarded by this
  private @Nullable CompletableFuture<AsyncProxyManager<String>> buckets;

  /**
   * @param root the prefix of keys
   * @param timeout how long Redis may take
   */
  RedisBuckets(RedisURI uri, String root, Duration timeout) {
    this.uri = uri;
    this.root = root;
    this.timeout = timeout;
    this.resources =
        ClientResources.builder()
            .reconnectDelay(Delay.exponential(1, MOST_RECONNECT_MILLIS, TimeUnit.MILLISECONDS, 2))
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled(timeout))
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .build());
  }

  /**
   * The bucket of a limiter. Its key contains the limit, so that a changed limit uses another
   * bucket.
   */
  SharedBucket bucket(String limiter, RateLimiterConfig config) {
    long period = config.getLimitRefreshPeriod().toNanos();
    String key = "%s:%s:%d/%dns".formatted(root, limiter, config.getLimitForPeriod(), period);
    BucketConfiguration size =
        BucketConfiguration.builder()
            .addLimit(
                Bandwidth.builder()
                    .capacity(config.getLimitForPeriod())
                    .refillGreedy(config.getLimitForPeriod(), config.getLimitRefreshPeriod())
                    .build())
            .build();
    return new RedisBucket(key, size);
  }

  @Override
  public void close() {
    client.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    resources.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized CompletableFuture<AsyncProxyManager<String>> buckets() {
    CompletableFuture<AsyncProxyManager<String>> known = buckets;
    if (known == null || known.isCompletedExceptionally()) {
      known =
          client
              .connectAsync(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE), uri)
              .toCompletableFuture()
              .thenApply(this::buckets);
      buckets = known;
    }
    return known;
  }

  private AsyncProxyManager<String> buckets(StatefulRedisConnection<String, byte[]> connection) {
    return Bucket4jLettuce.casBasedBuilder(connection)
        .requestTimeout(timeout)
        .expirationAfterWrite(
            ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_AFTER_FULL))
        .build()
        .asAsync();
  }

  private final class RedisBucket implements SharedBucket {

    private final String key;
    private final BucketConfiguration size;
    private volatile @Nullable AsyncBucketProxy bucket;

    RedisBucket(String key, BucketConfiguration size) {
      this.key = key;
      this.size = size;
    }

    @Override
    public CompletableFuture<Long> take() {
      return bucket()
          .thenCompose(known -> known.tryConsumeAndReturnRemaining(1))
          .thenApply(
              probe -> probe.isConsumed() ? 0L : Math.max(1L, probe.getNanosToWaitForRefill()));
    }

    @Override
    public CompletableFuture<?> settle(long permissions) {
      return bucket()
          .thenCompose(
              known ->
                  permissions == 0
                      ? known.getAvailableTokens()
                      : known.tryConsumeAsMuchAsPossible(permissions));
    }

    /** One for all calls: it batches concurrent ones into one request. */
    private CompletableFuture<AsyncBucketProxy> bucket() {
      AsyncBucketProxy known = bucket;
      return known != null
          ? CompletableFuture.completedFuture(known)
          : buckets().thenApply(this::bucket);
    }

    private synchronized AsyncBucketProxy bucket(AsyncProxyManager<String> buckets) {
      AsyncBucketProxy known = bucket;
      if (known == null) {
        known = buckets.builder().withOptimization(Optimizations.batching()).build(key, size);
        bucket = known;
      }
      return known;
    }
  }
}
