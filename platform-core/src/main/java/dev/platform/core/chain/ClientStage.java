package dev.platform.core.chain;

/**
 * Where an interceptor stands in a client's chain. This is the one place that says so: the first
 * constant is outermost, the last one is next to the channel.
 */
public enum ClientStage {
  /** Outside all that may end a call: what they refuse is observed. */
  TELEMETRY,
  /** Outside the circuit breaker: a call without time left does not touch it. */
  DEADLINE,
  /** Around all attempts of a call: it counts once, by its last attempt. */
  CIRCUIT_BREAKER,
  /** Inside the circuit breaker: a call that is not made needs no name. */
  CALLER,
  /** Next to the channel, which makes the attempts. */
  RETRY,
  /** In the callee's place: breaker and deadline take an injected fault for the callee's. */
  FAULT_INJECTION
}
