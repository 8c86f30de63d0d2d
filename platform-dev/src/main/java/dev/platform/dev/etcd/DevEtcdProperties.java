package dev.platform.dev.etcd;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * etcd for development.
 *
 * @param enabled whether to host an in-JVM etcd at platform.etcd.endpoints when that is a single
 *     plain-text loopback endpoint that is not in use yet
 */
@ConfigurationProperties("platform.dev.etcd")
public record DevEtcdProperties(@DefaultValue("true") boolean enabled) {}
