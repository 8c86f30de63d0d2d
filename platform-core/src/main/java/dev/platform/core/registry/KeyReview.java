package dev.platform.core.registry;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of claimed keys in etcd, after a {@linkplain KeyTransactions#check check} that failed.
 *
 * @param missing not in etcd
 * @param own in etcd under the lease, by modification revision: a put whose answer was lost
 * @param older put by this process, and not what is claimed: under an earlier lease, or with
 *     another value, such as the mark of a deregistration that was in flight; by modification
 *     revision
 * @param retaken put by another process, though the address is certainly this process's own
 * @param foreign put by another process that may own the address, with its values
 */
record KeyReview(
    List<String> missing,
    Map<String, Long> own,
    Map<String, Long> older,
    Map<String, Other> retaken,
    Map<String, String> foreign) {

  /** The value of another process, and its revision. */
  record Other(String value, long revision) {}

  /**
   * @param keys the checked keys, in their order
   * @param own their known state
   */
  static KeyReview of(List<String> keys, TxnResponse answer, OwnKeys own, long leaseId) {
    KeyReview review =
        new KeyReview(
            new ArrayList<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    for (int i = 0; i < keys.size(); i++) {
      Claim claim = own.claimOf(keys.get(i));
      if (claim != null) {
        List<KeyValue> found = answer.getResponses(i).getResponseRange().getKvsList();
        review.add(claim, found, own.revision(claim.key()), leaseId);
      }
    }
    return review;
  }

  /** The keys to put, with their revision in etcd; 0 for missing ones. */
  Map<String, Long> toPut() {
    Map<String, Long> all = new HashMap<>(older);
    missing.forEach(key -> all.put(key, 0L));
    retaken.forEach((key, other) -> all.put(key, other.revision));
    return all;
  }

  private void add(Claim claim, List<KeyValue> found, long ownRevision, long leaseId) {
    if (found.isEmpty()) {
      missing.add(claim.key());
      return;
    }
    KeyValue kv = found.get(0);
    String value = kv.getValue().toStringUtf8();
    if (kv.getLease() == leaseId) {
      (value.equals(claim.value()) ? own : older).put(claim.key(), kv.getModRevision());
    } else if (kv.getModRevision() == ownRevision) {
      older.put(claim.key(), ownRevision);
    } else if (value.equals(claim.value()) || claim.isOwnAddress().getAsBoolean()) {
      retaken.put(claim.key(), new Other(value, kv.getModRevision()));
    } else {
      foreign.put(claim.key(), value);
    }
  }
}
