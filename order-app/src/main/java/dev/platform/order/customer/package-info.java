/** Who the customer of a call is, and what belongs to whom. */
@NullMarked
package dev.platform.order.customer;

import org.jspecify.annotations.NullMarked;
