/** The gRPC server itself. */
@NullMarked
package dev.platform.starter.server;

import org.jspecify.annotations.NullMarked;
