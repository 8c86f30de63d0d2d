/** What is done once, when an application has started. */
@NullMarked
package dev.platform.starter.start;

import org.jspecify.annotations.NullMarked;
