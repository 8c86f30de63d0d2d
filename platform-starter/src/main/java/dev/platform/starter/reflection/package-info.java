/** What a server tells of itself to tools. */
@NullMarked
package dev.platform.starter.reflection;

import org.jspecify.annotations.NullMarked;
