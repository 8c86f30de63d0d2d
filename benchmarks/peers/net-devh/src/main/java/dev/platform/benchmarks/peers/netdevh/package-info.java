/** net.devh's starter on Spring Boot 3.5, without the platform. */
@NullMarked
package dev.platform.benchmarks.peers.netdevh;

import org.jspecify.annotations.NullMarked;
