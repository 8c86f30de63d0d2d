package dev.platform.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.EquivalentAddressGroup;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

class PeerTest {

  @Test
  void isFormattedLikeOtherAddressesInTheLog() {
    assertThat(peer(new InetSocketAddress("127.0.0.1", 50053))).hasToString("127.0.0.1:50053");
    assertThat(peer(new InetSocketAddress("::1", 50053))).hasToString("[0:0:0:0:0:0:0:1]:50053");
    assertThat(peer(InetSocketAddress.createUnresolved("payments", 50053)))
        .hasToString("payments:50053");
    assertThat(peer(new OtherAddress())).hasToString("elsewhere");
  }

  @Test
  void hasTheNetworkPeerAttributes() {
    assertThat(peer(new InetSocketAddress("127.0.0.1", 50053)).attributes())
        .isEqualTo(
            Attributes.of(
                AttributeKey.stringKey("network.peer.address"),
                "127.0.0.1",
                AttributeKey.longKey("network.peer.port"),
                50053L));
    assertThat(peer(new OtherAddress()).attributes())
        .isEqualTo(Attributes.of(AttributeKey.stringKey("network.peer.address"), "elsewhere"));
  }

  private static Peer peer(SocketAddress address) {
    return Peer.of(new EquivalentAddressGroup(address));
  }

  private static final class OtherAddress extends SocketAddress {

    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      return "elsewhere";
    }
  }
}
