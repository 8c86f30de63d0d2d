/** Retries and hedging of idempotent methods, within a budget. */
@NullMarked
package dev.platform.spring.retry;

import org.jspecify.annotations.NullMarked;
