/** Exceptions of gRPC handlers. */
@NullMarked
package dev.platform.boot4.failure;

import org.jspecify.annotations.NullMarked;
