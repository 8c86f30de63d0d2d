package dev.platform.core.failure;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fits a status and its trailers into a size, which HTTP/2 counts as the bytes of names and values
 * and 32 for each field. The largest trailers of the application are left out while all of them
 * need more than half; the description and the rich details share the rest.
 *
 * @param limit in bytes; 0 for none
 */
record TrailerFit(int limit) {

  private static final int FIELD = 32;

  /** gRPC's own fields: the HTTP status, the content type, encodings, the gRPC status. */
  private static final int OWN = 300;

  private static final String MESSAGE = "grpc-message";
  private static final String DETAILS = "grpc-status-details-bin";
  private static final Metadata.Key<byte[]> DETAILS_KEY =
      Metadata.Key.of(DETAILS, Metadata.BINARY_BYTE_MARSHALLER);
  private static final Metadata.Key<String> SHORTENED =
      Metadata.Key.of("platform-shortened", Metadata.ASCII_STRING_MARSHALLER);

  /** The mark with a few names. */
  private static final int MARK = 256;

  /**
   * What fits.
   *
   * @param shortened the names of what was shortened or left out, or the first of them
   */
  record Fitted(Status status, Metadata trailers, String shortened) {}

  boolean holds(int size) {
    return limit == 0 || size <= limit;
  }

  static int size(Status status, Metadata trailers) {
    int size = OWN + message(status.getDescription());
    for (String key : trailers.keys()) {
      size += size(trailers, key);
    }
    return size;
  }

  /** Leaves the given trailers unchanged. */
  Fitted shorten(Status status, Metadata trailers) {
    Metadata left = new Metadata();
    left.merge(trailers);
    List<String> shortened = new ArrayList<>();
    int others = leaveOut(left, shortened);
    int room = limit - OWN - MARK - others;

    int details = left.containsKey(DETAILS_KEY) ? size(left, DETAILS) : 0;
    String description = status.getDescription();
    int forMessage = Math.max(room / 2, room - details);
    if (message(description) > forMessage) {
      description = ShortText.of(description, forMessage - FIELD - MESSAGE.length());
      shortened.add(MESSAGE);
    }
    int forDetails = room - message(description);
    if (details > forDetails) {
      shortened.add(DETAILS);
      details(left, description, forDetails);
    }
    String names = names(shortened);
    left.put(SHORTENED, names);
    return new Fitted(status.withDescription(description), left, names);
  }

  private static String names(List<String> shortened) {
    String all = String.join(", ", shortened);
    int most = MARK - FIELD - 20;
    return all.length() <= most ? all : all.substring(0, most - 3) + "...";
  }

  /** Returns the size of the trailers that stay. */
  private int leaveOut(Metadata left, List<String> shortened) {
    int most = (limit - OWN - MARK) / 2;
    while (true) {
      int all = 0;
      for (String key : left.keys()) {
        all += key.equals(DETAILS) ? 0 : size(left, key);
      }
      Optional<String> largest =
          left.keys().stream()
              .filter(key -> !key.equals(DETAILS))
              .max(Comparator.comparingInt(key -> size(left, key)));
      if (all <= most || largest.isEmpty()) {
        return all;
      }
      discard(left, largest.get());
      shortened.add(largest.get());
    }
  }

  private static void details(Metadata left, @Nullable String description, int room) {
    byte[] rich = left.get(DETAILS_KEY);
    left.discardAll(DETAILS_KEY);
    if (rich == null) {
      return;
    }
    try {
      com.google.rpc.Status.Builder status = com.google.rpc.Status.parseFrom(rich).toBuilder();
      if (description != null && status.getMessage().length() > description.length()) {
        status.setMessage(description);
      }
      while (binary(DETAILS, status.build().getSerializedSize()) > room
          && status.getDetailsCount() > 0) {
        status.removeDetails(status.getDetailsCount() - 1);
      }
      if (binary(DETAILS, status.build().getSerializedSize()) > room) {
        status.setMessage("");
      }
      left.put(DETAILS_KEY, status.build().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      // Not Google's format: a part of it would be worth nothing.
      left.discardAll(DETAILS_KEY);
    }
  }

  private static int message(@Nullable String description) {
    return description == null ? 0 : FIELD + MESSAGE.length() + ShortText.encodedSize(description);
  }

  private static int size(Metadata trailers, String key) {
    int size = 0;
    if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      Iterable<byte[]> values =
          trailers.getAll(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER));
      for (byte[] value : values == null ? List.<byte[]>of() : values) {
        size += binary(key, value.length);
      }
      return size;
    }
    Iterable<String> values =
        trailers.getAll(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    for (String value : values == null ? List.<String>of() : values) {
      size += FIELD + key.length() + value.length();
    }
    return size;
  }

  /** Binary values are sent in Base64. */
  private static int binary(String key, int bytes) {
    return FIELD + key.length() + (bytes * 4 + 2) / 3;
  }

  private static void discard(Metadata trailers, String key) {
    if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      trailers.discardAll(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER));
    } else {
      trailers.discardAll(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    }
  }
}
