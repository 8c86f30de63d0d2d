package dev.platform.starter.test.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a Spring test class: its application context gets an embedded etcd of its own, and {@code
 * platform.etcd.endpoints} points to it. The application closes without the delay that its callers
 * would need: {@code platform.drain.delay} is 0s unless it is set.
 *
 * <p>The server starts before the context and is closed with it; test classes that share a cached
 * context share the server and its data. It can be injected as an {@link
 * dev.platform.starter.test.etcd.EmbeddedEtcd}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AutoConfigureEtcd {}
