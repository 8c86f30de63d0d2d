/** The registry of the peers that have none of their own. */
@NullMarked
package dev.platform.benchmarks.peers.zookeeper;

import org.jspecify.annotations.NullMarked;
