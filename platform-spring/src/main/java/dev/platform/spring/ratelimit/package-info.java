/** Rate limits of the gRPC server. */
@NullMarked
package dev.platform.spring.ratelimit;

import org.jspecify.annotations.NullMarked;
