/** grpc-java without a framework. */
@NullMarked
package dev.platform.benchmarks.peers.grpcjava;

import org.jspecify.annotations.NullMarked;
