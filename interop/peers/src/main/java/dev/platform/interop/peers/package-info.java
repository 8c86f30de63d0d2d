/**
 * Scripts of trouble on a real etcd, driven from outside against clients of several projects, and a
 * judge that compares what was seen with the promises of {@code docs/guarantees.md}.
 */
@NullMarked
package dev.platform.interop.peers;

import org.jspecify.annotations.NullMarked;
