package dev.platform.spring.fault;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether calls can be delayed and aborted on purpose.
 *
 * @param enabled whether the actuator endpoint {@code faults} can do so; otherwise neither endpoint
 *     nor interceptors exist
 */
@ConfigurationProperties("platform.fault-injection")
public record FaultProperties(@DefaultValue("false") boolean enabled) {}
