package dev.platform.core.chain;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.Collection;
import java.util.Comparator;

/**
 * All interceptors of outgoing calls as one, in the order of {@link ClientStage}. Thread-safe,
 * never blocks.
 */
public final class ClientChain implements ClientInterceptor {

  private static final CallOptions.Key<Boolean> UNINTERCEPTED =
      CallOptions.Key.createWithDefault("dev.platform.unintercepted", false);

  private final ClientInterceptor[] interceptors;

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
        : new Rest(0, next).newCall(method, options);
  }

  private final class Rest extends Channel {

    private final int position;
    private final Channel channel;

    Rest(int position, Channel channel) {
      this.position = position;
      this.channel = channel;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      return position == interceptors.length
          ? channel.newCall(method, options)
          : interceptors[position].interceptCall(method, options, new Rest(position + 1, channel));
    }

    @Override
    public String authority() {
      return channel.authority();
    }
  }
}
