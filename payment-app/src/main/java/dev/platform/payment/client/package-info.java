/** The bank, reached over gRPC like any other service. */
@NullMarked
package dev.platform.payment.client;

import org.jspecify.annotations.NullMarked;
