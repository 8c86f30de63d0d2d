/** Classifies how calls end: one classification for all features that act on it. */
@NullMarked
package dev.platform.spring.outcome;

import org.jspecify.annotations.NullMarked;
