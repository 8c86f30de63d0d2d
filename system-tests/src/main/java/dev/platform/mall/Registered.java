package dev.platform.mall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads from etcd which instances a service has. */
final class Registered {

  private static final int SECONDS = 5;

  private final Channel etcd;

  Registered(Channel etcd) {
    this.etcd = etcd;
  }

  /** The instances of a service, in the order of their addresses. */
  List<Instance> instancesOf(String service) throws JsonProcessingException {
    String prefix = "/services/" + service + "/";
    // '0' follows '/': the end of all keys with the prefix.
    String end = "/services/" + service + "0";
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(prefix))
            .setRangeEnd(ByteString.copyFromUtf8(end))
            .build();
    List<Instance> instances = new ArrayList<>();
    for (KeyValue entry :
        KVGrpc.newBlockingStub(etcd)
            .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
            .range(request)
            .getKvsList()) {
      instances.add(Instance.parse(entry.getValue().toStringUtf8()));
    }
    return instances;
  }
}
