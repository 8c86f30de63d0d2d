/** Spring gRPC's server, and the chain around its services. */
@NullMarked
package dev.platform.boot4.server;

import org.jspecify.annotations.NullMarked;
