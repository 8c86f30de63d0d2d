/** The platform on Spring Boot 3.5 and net.devh's gRPC starter: only what differs on this line. */
@NullMarked
package dev.platform.starter;

import org.jspecify.annotations.NullMarked;
