/** What callers of this process's gRPC services are told when a handler throws. */
@NullMarked
package dev.platform.spring.failure;

import org.jspecify.annotations.NullMarked;
