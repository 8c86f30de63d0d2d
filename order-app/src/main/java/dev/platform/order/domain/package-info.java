/** The rules of ordering in plain Java: no framework, SQL or wire format. */
@NullMarked
package dev.platform.order.domain;

import org.jspecify.annotations.NullMarked;
