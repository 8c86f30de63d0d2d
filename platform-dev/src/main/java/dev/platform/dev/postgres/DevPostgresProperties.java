package dev.platform.dev.postgres;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * PostgreSQL for development.
 *
 * @param enabled whether to start a PostgreSQL for an app that has no spring.datasource.url
 * @param dataDirectory directory that keeps the data between runs, of one PostgreSQL at a time;
 *     without it the data is in a temporary directory and deleted with the app
 */
@ConfigurationProperties("platform.dev.postgres")
public record DevPostgresProperties(
    @DefaultValue("true") boolean enabled, @Nullable Path dataDirectory) {}
