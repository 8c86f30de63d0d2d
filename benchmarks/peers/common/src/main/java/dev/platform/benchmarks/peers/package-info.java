/** What the servers and clients of all peers have in common. */
@NullMarked
package dev.platform.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
