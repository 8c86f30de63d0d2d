package dev.platform.core.call;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings by method, {@code package.Service/Method}, or by service, {@code package.Service}. A key
 * without capital letters and slash, as the name of an environment variable gives it, is also found
 * by each name that is the same without case and punctuation. The exact name wins. Immutable, in no
 * order.
 */
public final class MethodMap<V> extends AbstractMap<String, V> {

  private final Map<String, V> exact;
  private final Map<String, V> uniform;

  private MethodMap(Map<String, V> exact, Map<String, V> uniform) {
    this.exact = exact;
    this.uniform = uniform;
  }

  /** A copy. */
  public static <V> Map<String, V> of(Map<String, V> settings) {
    if (settings instanceof MethodMap) {
      return settings;
    }
    Map<String, V> exact = Map.copyOf(settings);
    Map<String, V> uniform = new HashMap<>();
    exact.forEach(
        (name, value) -> {
          if (isUniform(name)) {
            uniform.put(uniform(name), value);
          }
        });
    return uniform.isEmpty() ? exact : new MethodMap<>(exact, Map.copyOf(uniform));
  }

  /** Whether a key is found by more names than its own. */
  public static boolean isUniform(String key) {
    return key.indexOf('/') < 0 && key.equals(key.toLowerCase(Locale.ROOT));
  }

  /** The name without case and punctuation. */
  public static String uniform(String name) {
    StringBuilder letters = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        letters.append((char) (c + ('a' - 'A')));
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        letters.append(c);
      }
    }
    return letters.toString();
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    if (!(name instanceof String text)) {
      return null;
    }
    V found = exact.get(text);
    return found == null ? uniform.get(uniform(text)) : found;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Entry<String, V>> entrySet() {
    return exact.entrySet();
  }
}
