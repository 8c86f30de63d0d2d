/** The domain's ports on other services' gRPC stubs. */
@NullMarked
package dev.platform.order.client;

import org.jspecify.annotations.NullMarked;
