package dev.platform.core.identity;

import static dev.platform.core.InvalidPropertyException.check;

import java.net.InetAddress;
import java.util.Set;

/**
 * How callers prove who they are.
 *
 * @param ownWorkload the workload of this process, which makes the calls within it
 * @param trustedProxies addresses of local proxies of a service mesh, whose header {@code
 *     x-forwarded-client-cert} is believed; others' is ignored
 * @param tokensWithoutTls whether tokens are accepted from connections without TLS, since a mesh
 *     encrypts them; else such a token is ignored
 * @param maxTokenSize in bytes
 * @param cacheSize how many checked tokens are remembered, for at most a minute
 * @param maxFailuresPerSecond how many tokens of one address may be refused in a second, until
 *     further ones are refused without a check
 */
public record AuthenticationSettings(
    String ownWorkload,
    Set<InetAddress> trustedProxies,
    boolean tokensWithoutTls,
    int maxTokenSize,
    int cacheSize,
    int maxFailuresPerSecond) {

  private static final String USER = "platform.security.user";
  private static final int MIN_TOKEN = 256;
  private static final int MAX_TOKEN = 1024 * 1024;
  private static final int MAX_CACHE = 1_000_000;

  public AuthenticationSettings {
    trustedProxies = Set.copyOf(trustedProxies);
    checkTokens(maxTokenSize, cacheSize, maxFailuresPerSecond);
  }

  /**
   * Checks the settings of tokens.
   *
   * @throws dev.platform.core.InvalidPropertyException for a value that can't work
   */
  public static void checkTokens(int maxTokenSize, int cacheSize, int maxFailuresPerSecond) {
    check(
        maxTokenSize >= MIN_TOKEN && maxTokenSize <= MAX_TOKEN,
        USER + ".max-token-size",
        maxTokenSize + "B",
        "256B to 1MB");
    check(
        cacheSize >= 0 && cacheSize <= MAX_CACHE, USER + ".cache-size", cacheSize, "0 to 1000000");
    check(
        maxFailuresPerSecond >= 1 && maxFailuresPerSecond <= MAX_CACHE,
        USER + ".max-failures-per-second",
        maxFailuresPerSecond,
        "1 to 1000000");
  }

  /** No proxy, tokens with TLS only. */
  public static AuthenticationSettings defaults(String ownWorkload) {
    return new AuthenticationSettings(ownWorkload, Set.of(), false, 8192, 10_000, 20);
  }

  /** The same with these proxies. */
  public AuthenticationSettings withTrustedProxies(Set<InetAddress> proxies) {
    return new AuthenticationSettings(
        ownWorkload, proxies, tokensWithoutTls, maxTokenSize, cacheSize, maxFailuresPerSecond);
  }

  /** The same with tokens from connections without TLS, too. */
  public AuthenticationSettings withTokensWithoutTls() {
    return new AuthenticationSettings(
        ownWorkload, trustedProxies, true, maxTokenSize, cacheSize, maxFailuresPerSecond);
  }

  /** The same with another bound of refused tokens. */
  public AuthenticationSettings withMaxFailuresPerSecond(int failures) {
    return new AuthenticationSettings(
        ownWorkload, trustedProxies, tokensWithoutTls, maxTokenSize, cacheSize, failures);
  }
}
