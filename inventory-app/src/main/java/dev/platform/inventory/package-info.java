/** The mall's inventory, catalogue and recommendations: start and wiring. */
@NullMarked
package dev.platform.inventory;

import org.jspecify.annotations.NullMarked;
