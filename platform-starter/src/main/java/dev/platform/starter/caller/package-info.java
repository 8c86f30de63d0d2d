/** Outgoing calls say which application makes them. */
@NullMarked
package dev.platform.starter.caller;

import org.jspecify.annotations.NullMarked;
