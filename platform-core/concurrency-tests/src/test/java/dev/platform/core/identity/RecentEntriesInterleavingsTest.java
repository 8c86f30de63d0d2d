package dev.platform.core.identity;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentEntriesInterleavingsTest {

  private static final SocketAddress PEER = new InetSocketAddress("127.0.0.1", 1);

  /** Each thread may add one too many to either generation. */
  @Test
  void itStaysBoundedAndAnEntryIsThatOfItsKey() {
    explore(
        () -> {
          RecentEntries<String, String> entries = new RecentEntries<>(2);
          together(() -> put(entries, "a", "b"), () -> put(entries, "c", "d"));
          check(entries.size() <= 2 + 2, "entries: " + entries.size());
          for (String key : new String[] {"a", "b", "c", "d"}) {
            String value = entries.get(key);
            check(value == null || value.equals(key), key + " has " + value);
          }
        });
  }

  @Test
  void whatIsInUseSurvivesAChangeOfGenerations() {
    explore(
        () -> {
          RecentEntries<String, String> entries = new RecentEntries<>(4);
          entries.put("a", "a");
          entries.put("b", "b");
          together(() -> entries.put("c", "c"), () -> check(entries.get("a") != null, "forgotten"));
          check(entries.get("a") != null, "forgotten afterwards");
        });
  }

  @Test
  void theFirstRefusedTokensOfAnAddressAllCount() {
    explore(
        () -> {
          FailedPeers peers = new FailedPeers(2, () -> 0);
          together(() -> peers.failed(PEER), () -> peers.failed(PEER));
          check(peers.isLimited(PEER), "one is lost");
        });
  }

  @Test
  void anExpiredTokenIsNeverAcceptedAndThatOfAnotherWorkloadIsNeverMixedUp() {
    explore(
        () -> {
          AtomicLong now = new AtomicLong();
          VerifiedTokens tokens =
              new VerifiedTokens(2, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), now::get);
          CallerIdentity one = CallerIdentity.of("one");
          CallerIdentity other = CallerIdentity.of("other");
          User ann = new User("ann", "", Set.of(), null);
          tokens.add("token", one.onBehalfOf(ann, "token"), ann);
          together(
              () -> check(isOf("one", tokens.find("token", one)), "of another workload"),
              () -> check(isOf("other", tokens.find("token", other)), "of the first workload"));
          now.set(Duration.ofMinutes(1).toNanos());
          together(
              () -> check(tokens.find("token", one) == null, "accepted"),
              () -> check(tokens.find("token", other) == null, "accepted"));
        });
  }

  private static void put(RecentEntries<String, String> entries, String... keys) {
    for (String key : keys) {
      entries.put(key, key);
    }
  }

  private static boolean isOf(String workload, CallerIdentity caller) {
    return caller != null && workload.equals(caller.workload().orElse(null));
  }
}
