/** Coming and going without a caller noticing. */
@NullMarked
package dev.platform.core.drain;

import org.jspecify.annotations.NullMarked;
