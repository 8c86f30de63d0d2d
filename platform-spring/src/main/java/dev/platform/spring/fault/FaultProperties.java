package dev.platform.spring.fault;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether calls can be delayed and aborted on purpose.
 *
 * @param enabled whether whoever reaches the actuator endpoint {@code faults} can do so; nothing of
 *     it is there otherwise
 */
@ConfigurationProperties("platform.fault-injection")
public record FaultProperties(@DefaultValue("false") boolean enabled) {}
