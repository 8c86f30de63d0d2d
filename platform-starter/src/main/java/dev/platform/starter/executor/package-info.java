/** The threads that gRPC handlers run on. */
@NullMarked
package dev.platform.starter.executor;

import org.jspecify.annotations.NullMarked;
