package dev.platform.spring.server;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Work after the start of the application, before it accepts calls.
 *
 * @param collectGarbage whether the garbage of the start is collected once. The start produces
 *     several times more of it than stays in use; a JVM without a heap limit keeps that memory
 *     while the process is idle. Costs a tenth of a second in a small application, more in one that
 *     has loaded much
 */
@ConfigurationProperties("platform.start")
public record StartProperties(@DefaultValue("false") boolean collectGarbage) {}
