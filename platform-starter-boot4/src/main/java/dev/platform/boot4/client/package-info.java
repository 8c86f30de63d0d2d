/** Outgoing calls through Spring gRPC's channels. */
@NullMarked
package dev.platform.boot4.client;

import org.jspecify.annotations.NullMarked;
