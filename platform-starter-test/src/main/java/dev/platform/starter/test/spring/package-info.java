/** etcd for Spring test contexts. */
@NullMarked
package dev.platform.starter.test.spring;

import org.jspecify.annotations.NullMarked;
