/** etcd as a JUnit extension. */
@NullMarked
package dev.platform.starter.test.junit;

import org.jspecify.annotations.NullMarked;
