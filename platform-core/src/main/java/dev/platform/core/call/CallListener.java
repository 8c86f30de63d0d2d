package dev.platform.core.call;

import io.grpc.Metadata;

/**
 * Listens to one client call and its attempts, see {@link ClientCallRecord#listen}. An attempt is
 * one stream: the first one, a retry, a hedge, or a transparent retry.
 *
 * <p>The methods about the call are called one after the other. The methods about attempts are
 * called on the threads of gRPC's transports, those of different attempts concurrently. A listener
 * must not block and must not throw.
 */
public interface CallListener {

  /**
   * The call starts, on the thread that starts it. Listeners are called in the order in which they
   * were added.
   *
   * @param headers the call's headers; a listener may add to them
   */
  default void callStarted(ClientCallRecord call, Metadata headers) {}

  /** The headers of the response were received. */
  default void callAnswered(ClientCallRecord call) {}

  /**
   * The call has ended; its status, outcome and end are known. Called once, before the
   * application's listener, in the reverse order: the listener that was added last comes first.
   */
  default void callEnded(ClientCallRecord call) {}

  /** gRPC begins an attempt. No instance is chosen yet. */
  default void attemptStarted(AttemptRecord attempt) {}

  /** The attempt was assigned to a connection; its peer is known. */
  default void attemptSent(AttemptRecord attempt) {}

  /** Headers, a message or trailers were received. */
  default void attemptHeard(AttemptRecord attempt) {}

  /**
   * The trailers of the attempt were received.
   *
   * @param trailers a listener may change them before gRPC decides about a retry
   */
  default void attemptTrailers(AttemptRecord attempt, Metadata trailers) {}

  /** The attempt has ended; its status and outcome are known. */
  default void attemptEnded(AttemptRecord attempt) {}
}
