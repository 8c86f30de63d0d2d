package dev.platform.spring.server;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is done when the application has started, before it takes calls.
 *
 * @param collectGarbage whether the garbage of the start is collected once. Starting makes several
 *     times as much of it as stays; a JVM without a limit of its heap keeps that memory for as long
 *     as the process idles. Costs a tenth of a second for a small application, more for one that
 *     has loaded much
 */
@ConfigurationProperties("platform.start")
public record StartProperties(@DefaultValue("false") boolean collectGarbage) {}
