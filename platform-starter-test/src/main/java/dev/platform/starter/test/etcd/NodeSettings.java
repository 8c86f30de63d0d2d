package dev.platform.starter.test.etcd;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an embedded server, which stay the same for each of its runs.
 *
 * @param ticker monotonic time in nanoseconds
 * @param progressInterval how long a watch that asks for progress stays quiet
 * @param tls how the port is secured; null for plaintext
 */
record NodeSettings(
    Faults faults,
    Access access,
    LongSupplier ticker,
    Duration progressInterval,
    @Nullable NodeTls tls) {}
