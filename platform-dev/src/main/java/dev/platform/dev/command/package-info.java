/** The commands of the runnable jar. */
@NullMarked
package dev.platform.dev.command;

import org.jspecify.annotations.NullMarked;
