package dev.platform.starter.registry;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How claimed keys stand in etcd, after a {@linkplain OwnedKeys#check check} that failed.
 *
 * @param missing not there
 * @param own there under the own lease, by modification revision: a put whose answer was lost
 * @param retaken put by somebody else, though the address is certainly this process's own
 * @param foreign put by somebody else, who may well be right, by what they have put
 */
record KeyReview(
    List<String> missing,
    Map<String, Long> own,
    Map<String, String> retaken,
    Map<String, String> foreign) {

  static KeyReview of(
      List<String> keys, TxnResponse answer, Map<String, Claim> claims, long leaseId) {
    KeyReview review =
        new KeyReview(
            new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    for (int i = 0; i < keys.size(); i++) {
      Claim claim = claims.get(keys.get(i));
      if (claim != null) {
        review.add(claim, answer.getResponses(i).getResponseRange().getKvsList(), leaseId);
      }
    }
    return review;
  }

  private void add(Claim claim, List<KeyValue> found, long leaseId) {
    if (found.isEmpty()) {
      missing.add(claim.key());
      return;
    }
    KeyValue kv = found.get(0);
    String value = kv.getValue().toStringUtf8();
    if (kv.getLease() == leaseId) {
      own.put(claim.key(), kv.getModRevision());
    } else if (value.equals(claim.value()) || claim.stillOurs().getAsBoolean()) {
      retaken.put(claim.key(), value);
    } else {
      foreign.put(claim.key(), value);
    }
  }
}
