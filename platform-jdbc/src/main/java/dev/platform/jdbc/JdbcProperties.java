package dev.platform.jdbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * SQL of gRPC calls.
 *
 * @param cancelWithCall whether a statement of a gRPC call is cancelled when the call is cancelled
 *     or its deadline is exceeded, and none starts after that
 */
@ConfigurationProperties("platform.jdbc")
public record JdbcProperties(@DefaultValue("true") boolean cancelWithCall) {}
