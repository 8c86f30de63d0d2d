/** The platform's starter on Spring Boot 3.5. */
@NullMarked
package dev.platform.benchmarks.peers.platform;

import org.jspecify.annotations.NullMarked;
