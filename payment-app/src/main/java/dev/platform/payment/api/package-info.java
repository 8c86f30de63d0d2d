/** The payment service over gRPC, and the status of every failure in this app. */
@NullMarked
package dev.platform.payment.api;

import org.jspecify.annotations.NullMarked;
