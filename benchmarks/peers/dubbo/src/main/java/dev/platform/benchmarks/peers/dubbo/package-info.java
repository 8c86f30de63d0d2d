/** Dubbo with its Triple protocol. */
@NullMarked
package dev.platform.benchmarks.peers.dubbo;

import org.jspecify.annotations.NullMarked;
