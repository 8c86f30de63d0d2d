/** HTTP server observations. */
@NullMarked
package dev.platform.spring.http;

import org.jspecify.annotations.NullMarked;
