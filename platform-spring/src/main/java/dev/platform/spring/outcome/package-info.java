/** What the end of a call says about who was called: one judgement for all that act on it. */
@NullMarked
package dev.platform.spring.outcome;

import org.jspecify.annotations.NullMarked;
