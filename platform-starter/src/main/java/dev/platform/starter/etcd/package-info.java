/** Access to etcd: one channel, its credentials, calls with deadlines, watches. */
@NullMarked
package dev.platform.starter.etcd;

import org.jspecify.annotations.NullMarked;
