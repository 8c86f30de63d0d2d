/** The domain's ports on PostgreSQL, in plain SQL. */
@NullMarked
package dev.platform.order.persistence;

import org.jspecify.annotations.NullMarked;
