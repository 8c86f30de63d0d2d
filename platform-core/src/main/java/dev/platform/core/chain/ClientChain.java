package dev.platform.core.chain;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * All interceptors of outgoing calls as one, in the order of {@link ClientStage}. Thread-safe,
 * never blocks.
 */
public final class ClientChain implements ClientInterceptor {

  private static final CallOptions.Key<Boolean> UNINTERCEPTED =
      CallOptions.Key.createWithDefault("dev.platform.unintercepted", false);

  /** How many channels' chains are kept at most; a power of two. */
  private static final int KEPT = 16;

  private final ClientInterceptor[] interceptors;
  private final @Nullable Kept[] kept = new Kept[KEPT];

  /**
   * @param links in any order
   */
  public ClientChain(Collection<ClientLink> links) {
    this.interceptors =
        links.stream()
            .sorted(Comparator.comparing(ClientLink::stage))
            .map(ClientLink::interceptor)
            .toArray(ClientInterceptor[]::new);
  }

  /** Options of a call that goes past all interceptors of the chain, since it is never sent. */
  public static CallOptions unintercepted(CallOptions options) {
    return options.withOption(UNINTERCEPTED, true);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return options.getOption(UNINTERCEPTED)
        ? next.newCall(method, options)
        : inFrontOf(next).newCall(method, options);
  }

  /** Kept, since most applications call through few channels, again and again. */
  private Channel inFrontOf(Channel channel) {
    int slot = System.identityHashCode(channel) & (KEPT - 1);
    Kept known = kept[slot];
    if (known == null || known.channel != channel) {
      known = new Kept(channel, chain(channel));
      kept[slot] = known;
    }
    return known.chain;
  }

  private Channel chain(Channel channel) {
    Channel chain = channel;
    for (int i = interceptors.length - 1; i >= 0; i--) {
      chain = new Rest(interceptors[i], chain);
    }
    return chain;
  }

  /** Immutable, so that all threads may see it in an array without a lock. */
  private record Kept(Channel channel, Channel chain) {}

  private static final class Rest extends Channel {

    private final ClientInterceptor first;
    private final Channel next;

    Rest(ClientInterceptor first, Channel next) {
      this.first = first;
      this.next = next;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      return first.interceptCall(method, options, next);
    }

    @Override
    public String authority() {
      return next.authority();
    }
  }
}
