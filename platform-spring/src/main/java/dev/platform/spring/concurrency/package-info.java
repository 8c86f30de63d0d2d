/** Concurrency limit of the gRPC server. */
@NullMarked
package dev.platform.spring.concurrency;

import org.jspecify.annotations.NullMarked;
