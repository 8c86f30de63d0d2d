package dev.platform.core.transport;

import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first byte of a connection say what it is: TLS begins with a handshake record, HTTP/2 in
 * plaintext with a letter. A connection that sends nothing is closed. Confined to its event loop.
 */
final class FirstBytesOnNetty extends ChannelInboundHandlerAdapter {

  /** {@code handshake} of RFC 8446, section 5.1. */
  private static final int TLS_HANDSHAKE = 0x16;

  private final Duration patience;
  private final Supplier<ChannelHandler> tls;
  private final Supplier<ChannelHandler> plaintext;
  private final Runnable silent;
  private @Nullable Object negotiation;
  private @Nullable Future<?> timeout;

  /**
   * @param patience how long the connection may be silent
   * @param silent is called for a connection that was silent for longer
   */
  FirstBytesOnNetty(
      Duration patience,
      Supplier<ChannelHandler> tls,
      Supplier<ChannelHandler> plaintext,
      Runnable silent) {
    this.patience = patience;
    this.tls = tls;
    this.plaintext = plaintext;
    this.silent = silent;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> {
                  silent.run();
                  ctx.close();
                },
                patience.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  /** gRPC starts the negotiation with it; whoever negotiates gets it. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ProtocolNegotiationEvent) {
      negotiation = event;
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (!(message instanceof ByteBuf bytes)) {
      super.channelRead(ctx, message);
      return;
    }
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    boolean isTls = bytes.getUnsignedByte(bytes.readerIndex()) == TLS_HANDSHAKE;
    ctx.pipeline().addAfter(ctx.name(), null, (isTls ? tls : plaintext).get());
    if (negotiation != null) {
      ctx.fireUserEventTriggered(negotiation);
    }
    ctx.fireChannelRead(message);
    ctx.pipeline().remove(this);
  }
}
