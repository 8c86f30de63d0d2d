/** Spring Boot 4.1's own gRPC modules, without the platform. */
@NullMarked
package dev.platform.benchmarks.peers.springgrpc;

import org.jspecify.annotations.NullMarked;
