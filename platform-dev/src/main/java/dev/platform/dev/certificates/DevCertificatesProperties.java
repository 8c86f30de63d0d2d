package dev.platform.dev.certificates;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Certificates for development. An app that sets platform.security.transport.mode to strict or
 * permissive, and no bundle, gets one.
 *
 * @param directory the directory of the certificates and their authority; without it platform-dev
 *     in the user's directory for state, such as ~/.local/state
 */
@ConfigurationProperties("platform.dev.certificates")
public record DevCertificatesProperties(@Nullable Path directory) {}
