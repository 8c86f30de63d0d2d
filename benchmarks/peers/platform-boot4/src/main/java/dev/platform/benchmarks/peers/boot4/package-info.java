/** The platform's starter on Spring Boot 4.1. */
@NullMarked
package dev.platform.benchmarks.peers.boot4;

import org.jspecify.annotations.NullMarked;
