package dev.platform.core.transport;

/** How the connections between services are secured. */
public enum TransportMode {

  /** Mutual TLS only: servers ask for a client's certificate, clients use nothing else. */
  STRICT,

  /**
   * Both on one port, for the time in which a fleet moves: servers accept TLS and plaintext,
   * clients use TLS where an instance offers it in its metadata. Whoever can change that metadata
   * can make clients use plaintext.
   */
  PERMISSIVE,

  /** No TLS: something else secures the network, or nobody does. */
  PLAINTEXT
}
