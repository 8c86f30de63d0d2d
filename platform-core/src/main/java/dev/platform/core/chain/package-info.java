/** The interceptors of both sides, as one chain each, in one order. */
@NullMarked
package dev.platform.core.chain;

import org.jspecify.annotations.NullMarked;
