/** The bank over gRPC. */
@NullMarked
package dev.platform.payment.bank.api;

import org.jspecify.annotations.NullMarked;
