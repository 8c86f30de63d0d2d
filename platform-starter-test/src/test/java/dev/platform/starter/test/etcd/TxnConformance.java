package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

abstract class TxnConformance extends ConformanceCase {

  @Test
  void writesEverythingInOneRevision() {
    long before = api.put("old", "1");

    TxnResponse response = txn(then(put("a", "1"), put("b", "2"), delete("old", "")));

    assertThat(response.getSucceeded()).isTrue();
    assertThat(response.getHeader().getRevision()).isEqualTo(before + 1);
    assertThat(response.getResponsesList())
        .extracting(op -> op.getResponseCase().name())
        .containsExactly("RESPONSE_PUT", "RESPONSE_PUT", "RESPONSE_DELETE_RANGE");
    assertThat(api.get("a").getModRevision()).isEqualTo(before + 1);
    assertThat(api.get("b").getModRevision()).isEqualTo(before + 1);
    assertThat(response.getResponses(2).getResponseDeleteRange().getDeleted()).isEqualTo(1);
  }

  @Test
  void usesNoRevisionForReads() {
    long before = api.put("k", "1");

    TxnResponse response = txn(then(range("k"), delete("nothing", "")));

    assertThat(response.getHeader().getRevision()).isEqualTo(before);
    assertThat(response.getResponses(0).getResponseRange().getKvs(0).getValue())
        .isEqualTo(bytes("1"));
  }

  @Test
  void seesItsOwnWrites() {
    long before = api.put("k", "1");

    TxnResponse response = txn(then(range("k"), put("k", "2"), range("k")));

    assertThat(value(response, 0)).isEqualTo("1");
    assertThat(value(response, 2)).isEqualTo("2");
    assertThat(response.getResponses(0).getResponseRange().getHeader().getRevision())
        .isEqualTo(before);
    assertThat(response.getResponses(2).getResponseRange().getHeader().getRevision())
        .isEqualTo(before + 1);
  }

  @Test
  void comparesEveryTarget() {
    long lease = api.grant(60);
    long created = api.put("k", "b");
    long modified = api.put("k", "b", lease);

    assertThat(holds(compare(CompareTarget.VERSION, CompareResult.EQUAL).setVersion(2))).isTrue();
    assertThat(holds(compare(CompareTarget.VERSION, CompareResult.GREATER).setVersion(2)))
        .isFalse();
    assertThat(holds(compare(CompareTarget.CREATE, CompareResult.EQUAL).setCreateRevision(created)))
        .isTrue();
    assertThat(holds(compare(CompareTarget.MOD, CompareResult.LESS).setModRevision(modified + 1)))
        .isTrue();
    assertThat(holds(compare(CompareTarget.MOD, CompareResult.NOT_EQUAL).setModRevision(modified)))
        .isFalse();
    assertThat(holds(compare(CompareTarget.VALUE, CompareResult.GREATER).setValue(bytes("a"))))
        .isTrue();
    assertThat(holds(compare(CompareTarget.VALUE, CompareResult.LESS).setValue(bytes("b"))))
        .isFalse();
    assertThat(holds(compareLease(lease))).isTrue();
    assertThat(holds(compareLease(lease + 1))).isFalse();
  }

  @Test
  void comparesAnAbsentKeyAsZeroExceptItsValue() {
    assertThat(holds(compare(CompareTarget.CREATE, CompareResult.EQUAL).setCreateRevision(0)))
        .isTrue();
    assertThat(holds(compare(CompareTarget.VERSION, CompareResult.EQUAL).setVersion(0))).isTrue();
    assertThat(holds(compare(CompareTarget.VALUE, CompareResult.NOT_EQUAL).setValue(bytes("x"))))
        .isFalse();
    assertThat(holds(compare(CompareTarget.VALUE, CompareResult.EQUAL).setValue(bytes(""))))
        .isFalse();
  }

  @Test
  void comparesAllKeysOfARange() {
    api.put("k1", "v");
    api.put("k2", "v");
    var all =
        compare(CompareTarget.VALUE, CompareResult.EQUAL)
            .setValue(bytes("v"))
            .setRangeEnd(bytes("l"));

    assertThat(holds(all)).isTrue();
    api.put("k3", "w");
    assertThat(holds(all)).isFalse();
  }

  @Test
  void takesTheElseBranchIfAnyConditionFails() {
    TxnResponse response =
        txn(
            TxnRequest.newBuilder()
                .addCompare(compare(CompareTarget.VERSION, CompareResult.EQUAL).setVersion(0))
                .addCompare(compare(CompareTarget.VERSION, CompareResult.EQUAL).setVersion(7))
                .addSuccess(put("won", "1"))
                .addFailure(put("lost", "1")));

    assertThat(response.getSucceeded()).isFalse();
    assertThat(etcd().keys("")).containsExactly("lost");
  }

  @Test
  void evaluatesNestedConditionsOnTheStateBeforeTheTransaction() {
    RequestOp inner =
        nested(
            TxnRequest.newBuilder()
                .addCompare(compare(CompareTarget.VERSION, CompareResult.EQUAL).setVersion(0))
                .addSuccess(put("inner", "unseen"))
                .addFailure(put("inner", "seen")));

    TxnResponse response = txn(then(put("k", "1"), inner));

    assertThat(etcd().get("inner")).contains("unseen");
    assertThat(response.getResponses(1).getResponseTxn().getSucceeded()).isTrue();
    assertThat(api.get("inner").getModRevision()).isEqualTo(api.get("k").getModRevision());
  }

  @Test
  void rejectsDuplicateKeys() {
    assertDuplicate(then(put("k", "1"), put("k", "2")));
    assertDuplicate(then(put("k", "1"), delete("k", "")));
    assertDuplicate(then(delete("a", "z"), put("k", "1")));
    assertDuplicate(then(put("k", "1"), nested(then(put("k", "2")))));
    assertDuplicate(then(delete("a", "z"), nested(then(put("k", "2")))));
    assertDuplicate(TxnRequest.newBuilder().addFailure(put("k", "1")).addFailure(put("k", "2")));
    assertThat(etcd().keys("")).isEmpty();
  }

  @Test
  void allowsTheSameKeyInExclusiveBranches() {
    txn(
        then(
            nested(TxnRequest.newBuilder().addSuccess(put("k", "1")).addFailure(put("k", "2"))),
            delete("other", "p")));

    assertThat(etcd().get("k")).contains("1");
  }

  @Test
  void allowsAPutInsideARangeDeleteFromAKeyOn() {
    api.put("k", "1");
    api.put("l", "1");

    TxnResponse response = txn(then(delete("a", "\0"), put("k", "2")));

    assertThat(response.getResponses(0).getResponseDeleteRange().getDeleted()).isEqualTo(2);
    assertThat(etcd().keys("")).containsExactly("k");
    assertThat(api.get("k").getVersion()).isEqualTo(1);
  }

  @Test
  void changesNothingIfOneOfItsWritesIsRejected() {
    long before = api.put("x", "1");

    assertRefused(
        () -> txn(then(put("a", "1"), putUnder("b", 4711))),
        Status.Code.NOT_FOUND,
        "requested lease not found");
    assertRefused(
        () -> txn(then(put("a", "1"), ignoringValue("missing"))),
        Status.Code.INVALID_ARGUMENT,
        "key not found");
    assertRefused(
        () -> txn(then(put("a", "1"), rangeAt("x", before + 1))),
        Status.Code.OUT_OF_RANGE,
        "mvcc: required revision is a future revision");
    assertThat(etcd().keys("")).containsExactly("x");
    assertThat(api.revision()).isEqualTo(before);
  }

  @Test
  void rejectsTooManyAndEmptyOperations() {
    TxnRequest.Builder many = TxnRequest.newBuilder();
    for (int i = 0; i < 129; i++) {
      many.addSuccess(put("k" + i, "1"));
    }
    assertRefused(
        () -> txn(many), Status.Code.INVALID_ARGUMENT, "too many operations in txn request");
    assertRefused(
        () -> txn(then(RequestOp.getDefaultInstance())),
        Status.Code.INVALID_ARGUMENT,
        "key not found");
    assertRefused(
        () -> txn(then(put("", "1"))), Status.Code.INVALID_ARGUMENT, "key is not provided");
    txn(many.removeSuccess(0));
    assertThat(etcd().keys("k")).hasSize(128);
  }

  private TxnResponse txn(TxnRequest.Builder request) {
    return api.kv().txn(request.build());
  }

  private boolean holds(Compare.Builder condition) {
    return txn(TxnRequest.newBuilder().addCompare(condition)).getSucceeded();
  }

  private void assertDuplicate(TxnRequest.Builder request) {
    assertRefused(
        () -> txn(request), Status.Code.INVALID_ARGUMENT, "duplicate key given in txn request");
  }

  private static String value(TxnResponse response, int index) {
    return response.getResponses(index).getResponseRange().getKvs(0).getValue().toStringUtf8();
  }

  private static Compare.Builder compare(CompareTarget target, CompareResult result) {
    return Compare.newBuilder().setKey(bytes("k")).setTarget(target).setResult(result);
  }

  private static Compare.Builder compareLease(long lease) {
    return Compare.newBuilder()
        .setKey(bytes("k"))
        .setTargetValue(WireFields.COMPARE_TARGET_LEASE)
        .setUnknownFields(WireFields.varintField(WireFields.COMPARE_LEASE, lease));
  }

  private static TxnRequest.Builder then(RequestOp... operations) {
    return TxnRequest.newBuilder().addAllSuccess(java.util.List.of(operations));
  }

  private static RequestOp put(String key, String value) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
        .build();
  }

  private static RequestOp putUnder(String key, long lease) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(bytes(key)).setLease(lease))
        .build();
  }

  private static RequestOp ignoringValue(String key) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(bytes(key)).setIgnoreValue(true))
        .build();
  }

  private static RequestOp delete(String key, String end) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
        .build();
  }

  private static RequestOp range(String key) {
    return rangeAt(key, 0);
  }

  private static RequestOp rangeAt(String key, long revision) {
    return RequestOp.newBuilder()
        .setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)).setRevision(revision))
        .build();
  }

  private static RequestOp nested(TxnRequest.Builder txn) {
    return RequestOp.newBuilder().setRequestTxn(txn).build();
  }
}
