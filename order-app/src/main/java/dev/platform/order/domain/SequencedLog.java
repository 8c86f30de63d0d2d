package dev.platform.order.domain;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Many logs of entries, one for each key, whose entries become visible in the order of their
 * sequence. Methods block on the database.
 *
 * @param <E> the entries
 */
public interface SequencedLog<E extends Sequenced> {

  /** The heads of these keys' logs; unknown keys are left out. */
  Map<String, Head> heads(Collection<String> keys);

  /** At most {@code limit} entries of a log after a sequence, in order. */
  List<E> after(String key, long sequence, int limit);

  /**
   * The end of a log.
   *
   * @param sequence that of its latest entry, 0 when it has none
   * @param ended true when no entry will follow
   */
  record Head(long sequence, boolean ended) {}
}
