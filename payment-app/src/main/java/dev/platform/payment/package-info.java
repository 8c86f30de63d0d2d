/** The mall's payments and a simulated bank: start and wiring. */
@NullMarked
package dev.platform.payment;

import org.jspecify.annotations.NullMarked;
