package dev.platform.spring.security;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.platform.core.instance.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often tokens with an unknown key are checked: for each of them the decoder fetches the
 * issuer's keys. A key becomes known with the first token that it has signed. Thread-safe.
 */
final class KeyIdLimit {

  private static final int MOST_KEYS = 100;
  private static final int MOST_HEADER = 2048;

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
  // guarded by known
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

  /** Whether a token with this key may be checked now. */
  boolean permits(String key) {
    synchronized (known) {
      if (known.get(key) != null) {
        return true;
      }
      long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
      if (now != second) {
        second = now;
        taken = 0;
      }
      return taken++ < unknownPerSecond;
    }
  }

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
}
