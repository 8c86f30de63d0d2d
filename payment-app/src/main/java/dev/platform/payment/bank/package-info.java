/** A simulated bank. Nothing else in this app may know it: it is reached over gRPC. */
@NullMarked
package dev.platform.payment.bank;

import org.jspecify.annotations.NullMarked;
