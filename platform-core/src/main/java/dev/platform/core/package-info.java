/** The platform for a program without a framework. */
@NullMarked
package dev.platform.core;

import org.jspecify.annotations.NullMarked;
