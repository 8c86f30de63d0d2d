/** Outgoing calls say which application makes them. */
@NullMarked
package dev.platform.spring.chain;

import org.jspecify.annotations.NullMarked;
