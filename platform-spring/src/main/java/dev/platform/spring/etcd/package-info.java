/** Access to etcd: one channel, its credentials, calls with deadlines, watches. */
@NullMarked
package dev.platform.spring.etcd;

import org.jspecify.annotations.NullMarked;
