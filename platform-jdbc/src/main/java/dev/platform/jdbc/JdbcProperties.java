package dev.platform.jdbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How databases are used.
 *
 * @param cancelWithCall whether a statement that runs for a gRPC call is cancelled when the call is
 *     cancelled or its time is over, and none begins after that
 */
@ConfigurationProperties("platform.jdbc")
public record JdbcProperties(@DefaultValue("true") boolean cancelWithCall) {}
