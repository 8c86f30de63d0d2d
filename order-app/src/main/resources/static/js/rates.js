// Rates from monotonic counters: the increase between two readings, over the time between them.

const KEPT = 60;

const histories = new Map();
let before = null;

export function rates(view) {
  const seconds = before ? (view.at - before.at) / 1000 : 0;
  const earlier = new Map((before?.calls ?? []).map((calls) => [keyOf(calls), calls]));
  before = view;
  return view.calls.map((calls) => {
    const last = earlier.get(keyOf(calls));
    // A smaller count than before means a new process: start again.
    const usable = last && seconds > 0 && calls.count >= last.count;
    const added = usable ? calls.count - last.count : 0;
    const perSecond = usable ? added / seconds : 0;
    return {
      ...calls,
      perSecond,
      history: remember(keyOf(calls), perSecond),
      millis: meanMillis(calls, added > 0 ? last : null),
    };
  });
}

function meanMillis(calls, last) {
  const count = calls.count - (last?.count ?? 0);
  return count > 0 ? ((calls.seconds - (last?.seconds ?? 0)) * 1000) / count : null;
}

function remember(key, value) {
  const history = [...(histories.get(key) ?? []), value].slice(-KEPT);
  histories.set(key, history);
  return history;
}

const keyOf = (calls) => `${calls.direction} ${calls.method}`;
