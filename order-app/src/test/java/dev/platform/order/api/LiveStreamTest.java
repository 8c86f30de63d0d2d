package dev.platform.order.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.order.domain.Sequenced;
import dev.platform.order.domain.SequencedLog;
import dev.platform.order.domain.SequencedLog.Head;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When the stream reads, for ready and blocked callers. */
class LiveStreamTest {

  private final Log log = new Log();
  private final Caller caller = new Caller();
  private final List<Object> over = new ArrayList<>();
  private final LiveStream<Entry, Long> stream =
      new LiveStream<>(log, caller, Entry::sequence, over::add);

  @Test
  void readsPageByPageOnlyWhileTheCallerIsReady() {
    log.last = 1000;
    caller.takes = 60;

    stream.start("k", 0, new Head(1000, false));

    assertThat(caller.sent).hasSize(60);
    assertThat(log.reads).isEqualTo(2);

    caller.takes = 1;
    caller.onReady.run();
    assertThat(caller.sent).hasSize(61).last().isEqualTo(61L);
    assertThat(log.reads).isEqualTo(2);
  }

  @Test
  void readsNothingUntilThereAreNewEntries() {
    stream.start("k", 5, new Head(5, false));
    stream.reaches(new Head(5, false));
    assertThat(log.reads).isZero();

    log.last = 6;
    stream.reaches(new Head(6, false));
    assertThat(caller.sent).containsExactly(6L);
  }

  @Test
  void endsAfterTheLastEntryOfAFinishedLog() {
    log.last = 2;
    stream.start("k", 0, new Head(2, true));

    assertThat(caller.sent).containsExactly(1L, 2L);
    assertThat(caller.end).isEqualTo(Status.OK);
    assertThat(over).containsExactly(stream);
  }

  @Test
  void endsWithTheFailureOfARead() {
    log.failure = new IllegalStateException("broken");

    stream.start("k", 0, new Head(2, false));

    assertThat(caller.end.getCause()).isSameAs(log.failure);
  }

  @Test
  void sendsNothingAfterTheCallIsCancelled() {
    log.last = 1;
    stream.start("k", 0, new Head(1, false));
    caller.onCancel.run();

    log.last = 2;
    stream.reaches(new Head(2, false));

    assertThat(caller.sent).containsExactly(1L);
    assertThat(over).containsExactly(stream);
  }

  private record Entry(long sequence) implements Sequenced {}

  private static final class Log implements SequencedLog<Entry> {
    int reads;
    long last;
    RuntimeException failure;

    @Override
    public Map<String, Head> heads(Collection<String> keys) {
      throw new AssertionError("a stream is signalled");
    }

    @Override
    public List<Entry> after(String key, long sequence, int limit) {
      if (failure != null) {
        throw failure;
      }
      reads++;
      return LongStream.rangeClosed(sequence + 1, Math.min(last, sequence + limit))
          .mapToObj(Entry::new)
          .toList();
    }
  }

  /** A caller that is ready for a number of messages. */
  private static final class Caller extends ServerCallStreamObserver<Long> {
    final List<Long> sent = new ArrayList<>();
    int takes = 1000;
    Status end;
    Runnable onReady;
    Runnable onCancel;

    @Override
    public boolean isReady() {
      return takes > 0;
    }

    @Override
    public void onNext(Long value) {
      takes--;
      sent.add(value);
    }

    @Override
    public void onError(Throwable t) {
      end = Status.fromThrowable(t);
    }

    @Override
    public void onCompleted() {
      end = Status.OK;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
