/** Outgoing calls say which application makes them. */
@NullMarked
package dev.platform.core.chain;

import org.jspecify.annotations.NullMarked;
