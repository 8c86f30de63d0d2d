package dev.platform.interop.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What was seen of one subject while a script ran. Times are seconds from the start of the script.
 *
 * @param version what the subject says about itself
 * @param leaseTtl what the instances' leases live without renewal
 * @param live the addresses of the subject's own processes that shall be registered at the end
 * @param expected what the list shall have when all is well again, newcomers apart
 * @param ready when etcd and the watcher had all instances
 * @param troubleEnds when the trouble was over
 * @param watcherCalm from when on the watcher has had no trouble
 * @param end when nobody looked any longer
 * @param moments in the order of their times
 */
record History(
    String version,
    Duration leaseTtl,
    Set<String> live,
    Set<String> expected,
    double ready,
    double troubleEnds,
    double watcherCalm,
    double end,
    List<Moment> moments) {

  History {
    live = Set.copyOf(live);
    expected = Set.copyOf(expected);
    moments = List.copyOf(moments);
  }

  /** What etcd had, over time. */
  Steps stored() {
    return steps(Moment.Stored.class, Moment.Stored::addresses);
  }

  /** What the watcher listed, over time. */
  Steps listed() {
    return steps(Moment.Listed.class, Moment.Listed::addresses);
  }

  <M extends Moment> List<M> all(Class<M> type) {
    return moments.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private <M extends Moment> Steps steps(Class<M> type, Function<M, Set<String>> value) {
    List<Steps.Step> steps = new ArrayList<>();
    all(type).forEach(moment -> steps.add(new Steps.Step(moment.at(), value.apply(moment))));
    return new Steps(steps);
  }
}
