/**
 * A simulated fleet: the platform's own classes in one thread, under virtual time, over a model of
 * etcd and the network that a seed determines.
 */
@NullMarked
package dev.platform.simulation;

import org.jspecify.annotations.NullMarked;
