package dev.platform.core.transport;

/** Is called for each failed handshake of a server, on its event loop. */
@FunctionalInterface
interface HandshakeListener {

  void failed(HandshakeFailure reason);
}
