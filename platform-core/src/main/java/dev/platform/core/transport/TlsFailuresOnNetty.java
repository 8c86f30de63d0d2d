package dev.platform.core.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.CertificateException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sees what goes wrong with TLS, and may replace it with a better description. Starts gRPC's own
 * negotiation, and stands behind the TLS handler that this puts into the pipeline. Confined to its
 * event loop.
 */
final class TlsFailuresOnNetty extends ChannelInboundHandlerAdapter {

  private final ChannelHandler negotiation;
  private final PeerTrust trust;
  private final UnaryOperator<Throwable> handshake;
  private final UnaryOperator<Throwable> later;

  /**
   * @param negotiation gRPC's, for TLS
   * @param trust checks the other end once more when the handshake has ended
   * @param handshake is called for a failed handshake
   * @param later is called for failures after it: with TLS 1.3 a client's handshake ends before the
   *     server has seen the client's certificate
   */
  TlsFailuresOnNetty(
      ChannelHandler negotiation,
      PeerTrust trust,
      UnaryOperator<Throwable> handshake,
      UnaryOperator<Throwable> later) {
    this.negotiation = negotiation;
    this.trust = trust;
    this.handshake = handshake;
    this.later = later;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.pipeline().addAfter(ctx.name(), null, negotiation);
    standBehindTls(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    standBehindTls(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    standBehindTls(ctx);
  }

  private void standBehindTls(ChannelHandlerContext ctx) {
    ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
    if (tls != null && !ctx.isRemoved()) {
      ctx.pipeline().addAfter(tls.name(), null, new BehindTls());
      ctx.pipeline().remove(this);
    }
  }

  private final class BehindTls extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
      Throwable failure =
          event instanceof SslHandshakeCompletionEvent completed ? failure(ctx, completed) : null;
      super.userEventTriggered(
          ctx, failure == null ? event : new SslHandshakeCompletionEvent(handshake.apply(failure)));
    }

    private @Nullable Throwable failure(
        ChannelHandlerContext ctx, SslHandshakeCompletionEvent completed) {
      if (!completed.isSuccess()) {
        return completed.cause();
      }
      try {
        trust.checkConnected(ctx.pipeline().get(SslHandler.class).engine());
        return null;
      } catch (CertificateException e) {
        return new SSLHandshakeException(e.getMessage()).initCause(e);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
      boolean ofTls =
          cause instanceof SSLException
              || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
      super.exceptionCaught(ctx, ofTls ? later.apply(cause) : cause);
    }
  }
}
