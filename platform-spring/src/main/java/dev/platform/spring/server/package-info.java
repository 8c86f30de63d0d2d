/** The threads that gRPC handlers run on. */
@NullMarked
package dev.platform.spring.server;

import org.jspecify.annotations.NullMarked;
