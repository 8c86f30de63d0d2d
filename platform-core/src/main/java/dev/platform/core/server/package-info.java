/** The threads that gRPC handlers run on. */
@NullMarked
package dev.platform.core.server;

import org.jspecify.annotations.NullMarked;
