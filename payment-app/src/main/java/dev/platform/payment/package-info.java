@NullMarked
package dev.platform.payment;

import org.jspecify.annotations.NullMarked;
