/** What is told of requests over HTTP. */
@NullMarked
package dev.platform.spring.http;

import org.jspecify.annotations.NullMarked;
