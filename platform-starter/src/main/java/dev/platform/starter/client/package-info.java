/** Outgoing calls through net.devh's channels. */
@NullMarked
package dev.platform.starter.client;

import org.jspecify.annotations.NullMarked;
