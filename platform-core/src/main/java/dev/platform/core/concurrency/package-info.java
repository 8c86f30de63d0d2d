/** Concurrency limit of the gRPC server. */
@NullMarked
package dev.platform.core.concurrency;

import org.jspecify.annotations.NullMarked;
