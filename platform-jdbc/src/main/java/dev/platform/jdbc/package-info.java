/** SQL is cancelled when its gRPC call ends. */
@NullMarked
package dev.platform.jdbc;

import org.jspecify.annotations.NullMarked;
