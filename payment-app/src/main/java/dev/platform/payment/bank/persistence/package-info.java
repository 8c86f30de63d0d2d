/** The bank's ledger in PostgreSQL. */
@NullMarked
package dev.platform.payment.bank.persistence;

import org.jspecify.annotations.NullMarked;
