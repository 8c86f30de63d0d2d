/** Rate limits of the gRPC server. */
@NullMarked
package dev.platform.core.ratelimit;

import org.jspecify.annotations.NullMarked;
