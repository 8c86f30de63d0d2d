/**
 * One record for each client call and one for each of its attempts. Telemetry, deadlines, circuit
 * breakers, load balancers and retries read start, deadline, peer and outcome there.
 */
@NullMarked
package dev.platform.core.call;

import org.jspecify.annotations.NullMarked;
