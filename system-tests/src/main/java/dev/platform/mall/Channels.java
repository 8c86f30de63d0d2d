package dev.platform.mall;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Channels that are closed together. */
final class Channels implements AutoCloseable {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final List<ManagedChannel> open = new ArrayList<>();
  private final String certificates;
  private final String workload;
  private final String tokenFile;

  /** Plain-text ones, whatever the options. */
  Channels() {
    this(new Arguments("", Map.of()));
  }

  /** As {@code --tls}, {@code --as} and {@code --token-file} say. */
  Channels(Arguments arguments) {
    this.certificates = arguments.text("tls", "");
    this.workload = arguments.text("as", "");
    this.tokenFile = arguments.text("token-file", "");
  }

  /** Always in plain text, and for nobody. */
  ManagedChannel to(String hostAndPort) {
    return opened(NettyChannelBuilder.forTarget("dns:///" + hostAndPort).usePlaintext().build());
  }

  /** To a service of the mall, which must prove that it is that. */
  Channel to(String hostAndPort, String service) throws IOException {
    ManagedChannel channel =
        certificates.isEmpty()
            ? to(hostAndPort)
            : opened(
                Grpc.newChannelBuilder("dns:///" + hostAndPort, credentials())
                    .overrideAuthority(service)
                    .build());
    return tokenFile.isEmpty()
        ? channel
        : ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(authorization()));
  }

  private ChannelCredentials credentials() throws IOException {
    Path folder = Path.of(certificates);
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(folder.resolve("ca.pem").toFile());
    if (!workload.isEmpty()) {
      credentials.keyManager(
          folder.resolve(workload + ".pem").toFile(),
          folder.resolve(workload + "-key.pem").toFile());
    }
    return credentials.build();
  }

  private Metadata authorization() throws IOException {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + Files.readString(Path.of(tokenFile)).strip());
    return headers;
  }

  private ManagedChannel opened(ManagedChannel channel) {
    open.add(channel);
    return channel;
  }

  @Override
  public void close() {
    open.forEach(ManagedChannel::shutdownNow);
  }
}
