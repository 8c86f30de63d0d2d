/** Failed calls of idempotent methods are made again elsewhere, within a budget. */
@NullMarked
package dev.platform.spring.retry;

import org.jspecify.annotations.NullMarked;
