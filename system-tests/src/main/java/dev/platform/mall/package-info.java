/** A command-line client of the mall. */
@NullMarked
package dev.platform.mall;

import org.jspecify.annotations.NullMarked;
