/** Products whose orders wait in line. */
@NullMarked
package dev.platform.order.flashsale;

import org.jspecify.annotations.NullMarked;
