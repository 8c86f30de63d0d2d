/** The platform on Spring Boot 4.1 and its gRPC modules: only what differs on this line. */
@NullMarked
package dev.platform.boot4;

import org.jspecify.annotations.NullMarked;
