/** Armeria. */
@NullMarked
package dev.platform.benchmarks.peers.armeria;

import org.jspecify.annotations.NullMarked;
