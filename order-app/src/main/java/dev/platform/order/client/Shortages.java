package dev.platform.order.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.platform.order.domain.Shortage;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;

/** Reads the shortages from the error details of inventory-service. */
final class Shortages {

  private static final String REASON = "INSUFFICIENT_STOCK";

  private Shortages() {}

  /** Returns the shortages by product id; empty when the failure is about something else. */
  static List<Shortage> of(StatusRuntimeException failure) {
    Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return List.of();
    }
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          return info.getReason().equals(REASON) ? shortages(info.getMetadataMap()) : List.of();
        }
      }
      return List.of();
    } catch (InvalidProtocolBufferException | NumberFormatException e) {
      // Details are optional; the status and its description suffice.
      return List.of();
    }
  }

  private static List<Shortage> shortages(Map<String, String> availableByProduct) {
    return availableByProduct.entrySet().stream()
        .map(entry -> new Shortage(entry.getKey(), Long.parseLong(entry.getValue())))
        .toList();
  }
}
