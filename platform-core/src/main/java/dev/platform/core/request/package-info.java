/**
 * Validates incoming requests: complete, readable and in time, or refused before a handler sees
 * them.
 */
@NullMarked
package dev.platform.core.request;

import org.jspecify.annotations.NullMarked;
