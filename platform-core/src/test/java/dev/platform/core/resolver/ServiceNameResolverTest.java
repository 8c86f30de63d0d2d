package dev.platform.core.resolver;

import static dev.platform.core.resolver.Resolution.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceNameResolverTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  @Test
  void aNameThatDnsKnowsLaterIsAskedAgain() {
    Resolution shop = Resolution.onOneMachine();
    shop.push(instance("pod-1", 50051));
    shop.timer.advance(Resolution.WAIT);
    assertThat(shop.delivered).isEmpty();
    assertThat(shop.lastError())
        .isEqualTo(
            "no instance of shop can be called: the host name pod-1 does not resolve;"
                + " the registry answers");
    shop.dns.put("pod-1", List.of("10.0.0.1"));
    shop.timer.advance(HostNames.MAX_BACKOFF);
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
    int asked = shop.lookUps.size();
    shop.timer.advance(MINUTE);
    assertThat(shop.lookUps).hasSize(asked);
  }

  @Test
  void aNameIsAskedWithBackOffWhileItDoesNotResolve() {
    Resolution shop = Resolution.onOneMachine();
    shop.push(instance("pod-1", 50051));
    shop.timer.advance(MINUTE);
    assertThat(shop.lookUps).hasSizeBetween(10, 20);
    shop.push(instance("10.0.0.2", 50051));
    int asked = shop.lookUps.size();
    shop.timer.advance(MINUTE);
    assertThat(shop.lookUps).hasSizeLessThan(asked + 2);
  }

  @Test
  void anAddressBesideANameIsCalledAtOnceAndTheNameIsReportedOnce() {
    Resolution shop = Resolution.onOneMachine();
    shop.push(instance("10.0.0.2", 50051), instance("pod-1", 50051), instance("pod-2", 50051));
    assertThat(shop.addresses()).containsExactly("10.0.0.2:50051");
    shop.timer.advance(MINUTE);
    assertThat(shop.delivered).hasSize(1);
    assertThat(shop.errors).isEmpty();
    assertThat(log.count("shop: pod-1 is skipped: the host name does not resolve")).isOne();
    assertThat(log.count("shop: pod-2 is skipped: the host name does not resolve")).isOne();
    assertThat(shop.skipped("unresolved")).isEqualTo(2);
    shop.dns.put("pod-1", List.of("10.0.0.1"));
    shop.timer.advance(HostNames.MAX_BACKOFF);
    assertThat(shop.addresses()).containsExactly("10.0.0.2:50051", "10.0.0.1:50051");
  }

  @Test
  void allAddressesOfANameBelongToItsInstance() {
    Resolution shop = Resolution.onOneMachine();
    shop.dns.put("pod-1", List.of("10.0.0.1", "fd00:0:0:0:0:0:0:1"));
    shop.push(instance("pod-1", 50051));
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051+fd00:0:0:0:0:0:0:1:50051");
  }

  @Test
  void aNameIsLookedUpAgainAfterAFailedConnectionAndKeepsItsAddressWhileDnsIsDown() {
    Resolution shop = Resolution.onOneMachine();
    shop.dns.put("pod-1", List.of("10.0.0.1"));
    shop.push(instance("pod-1", 50051));
    shop.dns.clear();
    shop.resolver.refresh();
    shop.timer.advance(MINUTE);
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
    assertThat(shop.errors).isEmpty();
    shop.dns.put("pod-1", List.of("10.0.0.9"));
    shop.timer.advance(HostNames.MAX_BACKOFF);
    assertThat(shop.addresses()).containsExactly("10.0.0.9:50051");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, a loopback address",
    "127.9.9.9, a loopback address",
    "::1, a loopback address",
    "::ffff:127.0.0.1, a loopback address",
    "169.254.169.254, a link-local address",
    "fe80::1, a link-local address",
    "0.0.0.0, an unspecified address",
    "::, an unspecified address",
    "224.0.0.1, a multicast address",
    "ff02::1, a multicast address",
    "inside, a loopback address",
    "localhost, a loopback address",
  })
  void anAddressThatMeansAnotherMachineToEachReaderIsSkipped(String host, String kind) {
    Resolution shop = new Resolution(listed -> false);
    shop.dns.put("inside", List.of("127.0.0.1"));
    shop.dns.put("localhost", List.of("127.0.0.1", "::1"));
    shop.push(instance(host, 50051));
    shop.push(instance(host, 50051), instance("10.0.0.1", 50051));
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
    assertThat(log.count("shop: \"" + host + "\":50051 is skipped: ")).isOne();
    assertThat(log.text()).contains(" is " + kind);
    assertThat(shop.skipped("address")).isOne();
  }

  @Test
  void onlyTheAddressesOfANameThatMeanAnotherMachineAreSkipped() {
    Resolution shop = new Resolution(listed -> false);
    shop.dns.put("pod-1", List.of("127.0.0.1", "10.0.0.1"));
    shop.push(instance("pod-1", 50051));
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
  }

  @Test
  void saysWhyNoInstanceCanBeCalled() {
    Resolution shop = new Resolution(listed -> false);
    shop.push(instance("127.0.0.1", 50051));
    shop.timer.advance(Resolution.WAIT);
    assertThat(shop.lastError())
        .isEqualTo(
            "no instance of shop can be called: \"127.0.0.1\":50051 is skipped: 127.0.0.1 is a"
                + " loopback address (platform.discovery.allow-loopback: true calls it);"
                + " the registry answers");
  }

  @Test
  void onOneMachineItsOwnAddressesAreCalled() {
    Resolution shop = Resolution.onOneMachine();
    shop.push(instance("127.0.0.1", 50051), instance("224.0.0.1", 50051));
    assertThat(shop.addresses()).containsExactly("127.0.0.1:50051");
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "'a b', 1", "fe80::1%evil, 1", "10.0.0.1, 0", "10.0.0.1, 65536", "a@b, 1"})
  void anAddressThatCantBeOneIsSkipped(String host, int port) {
    Resolution shop = Resolution.onOneMachine();
    shop.push(instance(host, port), instance("10.0.0.1", 50051));
    assertThat(shop.thrown).isEmpty();
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
    assertThat(shop.skipped("malformed")).isOne();
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void whatNobodyForesawIsLoggedOnceAndTheNextListIsUsed() {
    Resolution shop = Resolution.onOneMachine();
    shop.channelFails(new IllegalStateException("a policy's own fault"));
    shop.push(instance("10.0.0.1", 50051));
    assertThat(shop.thrown).isEmpty();
    assertThat(log.count("ERROR shop: its instances can't be used")).isOne();
    shop.push(instance("10.0.0.1", 50051));
    assertThat(shop.addresses()).containsExactly("10.0.0.1:50051");
  }
}
