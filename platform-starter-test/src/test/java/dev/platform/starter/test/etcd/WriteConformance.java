package dev.platform.starter.test.etcd;

import static dev.platform.starter.test.etcd.EtcdApi.assertRefused;
import static dev.platform.starter.test.etcd.EtcdApi.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

abstract class WriteConformance extends ConformanceCase {

  @Test
  void returnsThePreviousValueOnlyIfRequested() {
    api.put("k", "1");

    assertThat(api.kv().put(put("k", "2").build()).hasPrevKv()).isFalse();
    var response = api.kv().put(put("k", "3").setPrevKv(true).build());
    assertThat(response.getPrevKv().getValue()).isEqualTo(bytes("2"));
    assertThat(api.kv().put(put("new", "1").setPrevKv(true).build()).hasPrevKv()).isFalse();
  }

  @Test
  void keepsTheValueIfIgnoreValueIsSet() {
    long lease = api.grant(60);
    api.put("k", "1");

    api.kv().put(put("k", "").setIgnoreValue(true).setLease(lease).build());

    KeyValue kv = api.get("k");
    assertThat(kv.getValue()).isEqualTo(bytes("1"));
    assertThat(kv.getLease()).isEqualTo(lease);
    assertThat(kv.getVersion()).isEqualTo(2);
  }

  @Test
  void keepsTheLeaseIfIgnoreLeaseIsSet() {
    long lease = api.grant(60);
    api.put("k", "1", lease);

    api.kv().put(put("k", "2").setIgnoreLease(true).build());
    assertThat(api.get("k").getLease()).isEqualTo(lease);

    api.put("k", "3");
    assertThat(api.get("k").getLease()).isZero();
    assertThat(keysOf(lease)).isEmpty();
  }

  @Test
  void movesAKeyFromLeaseToLease() {
    long first = api.grant(60);
    long second = api.grant(60);
    api.put("k", "1", first);
    api.put("k", "2", second);

    assertThat(keysOf(first)).isEmpty();
    assertThat(keysOf(second)).containsExactly(bytes("k"));
    etcd().expireLease(first);
    assertThat(api.get("k").getValue()).isEqualTo(bytes("2"));
  }

  @Test
  void rejectsInvalidPuts() {
    assertRefused(
        () -> api.kv().put(put("k", "1").setLease(4711).build()),
        Status.Code.NOT_FOUND,
        "requested lease not found");
    assertRefused(
        () -> api.kv().put(PutRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "key is not provided");
    assertRefused(
        () -> api.kv().put(put("k", "1").setIgnoreValue(true).build()),
        Status.Code.INVALID_ARGUMENT,
        "value is provided");
    assertRefused(
        () -> api.kv().put(put("k", "1").setIgnoreLease(true).setLease(1).build()),
        Status.Code.INVALID_ARGUMENT,
        "lease is provided");
    assertRefused(
        () -> api.kv().put(put("k", "").setIgnoreValue(true).build()),
        Status.Code.INVALID_ARGUMENT,
        "key not found");
    assertRefused(
        () -> api.kv().put(put("k", "1").setIgnoreLease(true).build()),
        Status.Code.INVALID_ARGUMENT,
        "key not found");
  }

  @Test
  void rejectsTooLargeRequests() {
    ByteString large = ByteString.copyFrom(new byte[1600 * 1024]);
    assertRefused(
        () -> api.kv().put(put("k", "").setValue(large).build()),
        Status.Code.INVALID_ARGUMENT,
        "request is too large");
  }

  @Test
  void deletesARangeInOneRevisionAndReturnsIt() {
    api.put("k1", "1");
    long before = api.put("k2", "2");

    DeleteRangeResponse response = api.kv().deleteRange(delete("k", "l").setPrevKv(true).build());

    assertThat(response.getDeleted()).isEqualTo(2);
    assertThat(response.getHeader().getRevision()).isEqualTo(before + 1);
    assertThat(response.getPrevKvsList())
        .extracting(kv -> kv.getValue().toStringUtf8())
        .containsExactly("1", "2");
  }

  @Test
  void usesNoRevisionForADeleteWithoutMatch() {
    long before = api.put("k", "1");

    DeleteRangeResponse response = api.kv().deleteRange(delete("nothing", "").build());

    assertThat(response.getDeleted()).isZero();
    assertThat(response.getHeader().getRevision()).isEqualTo(before);
    assertThat(api.revision()).isEqualTo(before);
  }

  @Test
  void deletesEverythingFromAKeyOn() {
    api.put("a", "1");
    api.put("b", "1");
    api.put("c", "1");

    assertThat(api.kv().deleteRange(delete("b", "\0").build()).getDeleted()).isEqualTo(2);
    assertThat(etcd().keys("")).containsExactly("a");
    assertRefused(
        () -> api.kv().deleteRange(DeleteRangeRequest.getDefaultInstance()),
        Status.Code.INVALID_ARGUMENT,
        "key is not provided");
  }

  private java.util.List<ByteString> keysOf(long lease) {
    return api.lease()
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).setKeys(true).build())
        .getKeysList();
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  private static DeleteRangeRequest.Builder delete(String key, String end) {
    return DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end));
  }
}
