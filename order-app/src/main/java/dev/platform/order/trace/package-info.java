/** What an order's trace shows of this app's own work, and how later work finds back to it. */
@NullMarked
package dev.platform.order.trace;

import org.jspecify.annotations.NullMarked;
