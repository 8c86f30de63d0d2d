package dev.platform.core.chain;

/**
 * The position of an interceptor in the client chain. The order is defined here only: the first
 * constant is outermost, the last one is next to the channel.
 */
public enum ClientStage {
  /** Outside all others, which use the record of the call. */
  RECORD,
  /** Outside whatever ends a call early: refused calls are observed, too. */
  TELEMETRY,
  /** Outside the circuit breaker: a call without time left is not counted there. */
  DEADLINE,
  /** Around all attempts of a call: the call counts once, by its end. */
  CIRCUIT_BREAKER,
  /** Anywhere inside the record: it adds a header when the call starts. */
  CALLER,
  /** Inside the circuit breaker: the priority is sent with calls that are made. */
  PRIORITY,
  /** Likewise: a token is sent with calls that are made. */
  USER_TOKEN,
  /** Next to the channel, which makes the attempts. */
  RETRY,
  /** In the callee's place: breaker and deadline take an injected fault for the callee's. */
  FAULT_INJECTION
}
