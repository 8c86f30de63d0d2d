/** etcd for tests: an in-JVM server of the v3 API, and a real one started as a process. */
@NullMarked
package dev.platform.starter.test.etcd;

import org.jspecify.annotations.NullMarked;
