/** An instance and a watcher with jetcd's own client, as its documentation uses it. */
@NullMarked
package dev.platform.interop.peers.jetcd;

import org.jspecify.annotations.NullMarked;
