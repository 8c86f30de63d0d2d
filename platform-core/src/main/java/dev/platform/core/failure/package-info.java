/** Maps exceptions of gRPC handlers to statuses. */
@NullMarked
package dev.platform.core.failure;

import org.jspecify.annotations.NullMarked;
