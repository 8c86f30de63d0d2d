/** Maps exceptions of gRPC handlers to statuses. */
@NullMarked
package dev.platform.spring.failure;

import org.jspecify.annotations.NullMarked;
