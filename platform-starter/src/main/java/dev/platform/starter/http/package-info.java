/** What is told of requests over HTTP. */
@NullMarked
package dev.platform.starter.http;

import org.jspecify.annotations.NullMarked;
