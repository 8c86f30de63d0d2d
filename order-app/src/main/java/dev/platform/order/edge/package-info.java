/**
 * The HTTP edge: JSON in and out, everything else left to the gRPC services, which are called
 * in-process.
 */
@NullMarked
package dev.platform.order.edge;

import org.jspecify.annotations.NullMarked;
