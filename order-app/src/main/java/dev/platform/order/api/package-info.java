/** The gRPC services that others call: validates, translates, chooses the status. */
@NullMarked
package dev.platform.order.api;

import org.jspecify.annotations.NullMarked;
