/** Payments in PostgreSQL, one plain SQL statement a step. */
@NullMarked
package dev.platform.payment.persistence;

import org.jspecify.annotations.NullMarked;
