package dev.platform.spring.security;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.platform.core.instance.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often tokens with an unknown key are checked: for each of them the decoder fetches the
 * issuer's keys. A key becomes known with the first token that it has signed; tokens that come
 * while that is checked wait for it, since a server that has just started knows no key.
 * Thread-safe.
 */
final class KeyIdLimit {

  private static final int MOST_KEYS = 100;
  private static final int MOST_HEADER = 2048;

  /** Each occupies a thread. */
  private static final int MOST_WAITING = 100;

  private static final long LONGEST_WAIT_SECONDS = 5;

  private final int unknownPerSecond;
  private final LongSupplier nanoTime;
  // guarded by itself
  private final Map<String, Boolean> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_KEYS;
        }
      };
  // guarded by known: the checks of unknown keys that are under way
  private final Map<String, CountDownLatch> checks = new HashMap<>();
  // guarded by known
  private int waiting;
  private long second = Long.MIN_VALUE;
  private int taken;

  KeyIdLimit(int unknownPerSecond, LongSupplier nanoTime) {
    this.unknownPerSecond = unknownPerSecond;
    this.nanoTime = nanoTime;
  }

  /** The algorithm and the key that a token's header names; null if it can't be read. */
  static @Nullable String key(String token) {
    int end = token.indexOf('.');
    if (end <= 0 || end > MOST_HEADER) {
      return null;
    }
    try {
      byte[] header = Base64.getUrlDecoder().decode(token.substring(0, end));
      JsonObject json = Json.readObject(new String(header, StandardCharsets.UTF_8));
      return Json.text(json.get("alg")) + " " + Json.text(json.get("kid"));
    } catch (IllegalArgumentException | JsonParseException e) {
      return null;
    }
  }

  /**
   * Whether a token with this key may be checked now; {@link #done} must follow then. Blocks while
   * another one with the same unknown key is checked.
   */
  boolean permits(String key) {
    CountDownLatch other;
    synchronized (known) {
      if (known.get(key) != null) {
        return true;
      }
      other = waiting < MOST_WAITING ? checks.get(key) : null;
      if (other == null) {
        return begin(key);
      }
      waiting++;
    }
    awaitEnd(other);
    synchronized (known) {
      waiting--;
      return known.get(key) != null || begin(key);
    }
  }

  private static void awaitEnd(CountDownLatch check) {
    try {
      // In time or not, what follows is right.
      var unused = check.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // guarded by known
  private boolean begin(String key) {
    long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    if (now != second) {
      second = now;
      taken = 0;
    }
    if (taken++ >= unknownPerSecond) {
      return false;
    }
    checks.putIfAbsent(key, new CountDownLatch(1));
    return true;
  }

  /** A token with this key has a valid signature. */
  void accepted(String key) {
    synchronized (known) {
      known.put(key, true);
    }
  }

  /** The issuer has withdrawn the key. */
  void missing(String key) {
    synchronized (known) {
      known.remove(key);
    }
  }

  /** The check of a token with this key is over. */
  void done(String key) {
    CountDownLatch check;
    synchronized (known) {
      check = checks.remove(key);
    }
    if (check != null) {
      check.countDown();
    }
  }

  /** The tokens that wait. */
  int waiting() {
    synchronized (known) {
      return waiting;
    }
  }
}
