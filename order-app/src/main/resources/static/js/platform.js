// The platform's state as the app that serves this page sees it.

import { call } from "./api.js";
import { alertIn, become, byId, el, say, whileSeen } from "./dom.js";
import { rates } from "./rates.js";
import { sparkline } from "./sparkline.js";

const PAUSE_MILLIS = 2000;
const CHIPS = { CLOSED: "", OPEN: "bad", FORCED_OPEN: "bad", HALF_OPEN: "warn", DISABLED: "plain", METRICS_ONLY: "plain" };
const BORDERS = { OPEN: "open", FORCED_OPEN: "open", HALF_OPEN: "half" };
const BREAKERS_SAY = {
  CLOSED: "Closed: calls go through",
  OPEN: "Open: calls are refused",
  FORCED_OPEN: "Held open by hand",
  HALF_OPEN: "Half open: some calls are tried",
  DISABLED: "Switched off",
  METRICS_ONLY: "Watching only",
};
const ORIGINS = {
  NONE: "nothing known yet",
  LIST: "from etcd",
  WATCH: "from etcd",
  SNAPSHOT: "from disk",
  HELD: "some held, no longer in etcd",
};

const NOT_EXPOSED = new Set(["404", "NOT_FOUND"]);

export function startPlatform(isShown) {
  return whileSeen(isShown, PAUSE_MILLIS, refresh);
}

async function refresh() {
  const note = byId("platform-note");
  try {
    const { body } = await call("/api/platform");
    alertIn(byId("platform-alert"));
    say(note, "Live");
    note.classList.remove("stale");
    showSelf(body);
    showServices(body);
    showBreakers(body.breakers);
    showSecurity(body.security);
    showCalls(rates(body));
  } catch (problem) {
    say(note, "As it was a moment ago");
    note.classList.add("stale");
    if (NOT_EXPOSED.has(problem.code)) {
      alertIn(byId("platform-alert"), "There is no platform view.", "The app does not expose its endpoint platform.");
      return;
    }
    alertIn(byId("platform-alert"), "The app does not answer.", problem.message, "This view will retry.");
  }
}

function showSelf({ at, self }) {
  const lease = self.lease;
  const open = Object.values(self.openCalls).reduce((sum, count) => sum + count, 0);
  const facts = [
    ["This instance", self.app, self.instanceId ? `id ${self.instanceId.slice(0, 8)}` : "not registered"],
    ["Phase", words(self.phase), self.status ? `in discovery: ${words(self.status)}` : null],
    ["Lease", lease ? words(lease.state) : "none", lease?.id ? `${lease.id}, for ${duration(at - lease.sinceMillis)}` : null],
    ["etcd", self.etcd?.endsWith(" answers") ? "Answers" : self.etcd ? "Does not answer" : "Not asked",
      self.etcd?.replace(/^etcd at \[(.*?)\]/, "$1").replace(/ answers$/, "") ?? null],
    ["In-flight calls", String(open), null],
  ];
  become(byId("self"), ...facts.map(([name, value, more]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value, more ? el("small", {}, more) : null))));
}

function showServices({ at, services }) {
  const rows = services.flatMap((service) => {
    if (service.instances.length === 0) {
      return [el("tr", {}, el("th", { scope: "row" }, service.name),
        el("td", { colspan: 5 }, service.origin === "NONE" ? "\u2013" : el("span", { class: "chip bad" }, "No instance")),
        el("td", {}, listState(service)))];
    }
    return service.instances.map((instance, index) => el("tr", { class: index > 0 ? "more" : null },
      el("th", { scope: "row" }, index === 0 ? service.name : el("span", { class: "unseen" }, service.name)),
      el("td", {}, el("span", { class: "mono" }, instance.address), instance.self ? el("span", { class: "chip plain" }, "this one") : null),
      el("td", {}, instance.zone ?? "\u2013"),
      el("td", {}, instance.version ?? "\u2013"),
      el("td", {}, instance.startedAt ? duration(at - Date.parse(instance.startedAt)) : "\u2013"),
      el("td", { class: "mono" }, instance.lease ?? "\u2013"),
      el("td", {}, index === 0 ? listState(service) : "")));
  });
  become(byId("services"), ...rows);
}

function listState(service) {
  const good = service.following && service.held === 0;
  const text = service.following ? ORIGINS[service.origin] : `${ORIGINS[service.origin]}, not followed`;
  const held = service.held > 0 ? `, ${service.held} held` : "";
  return el("span", { class: good ? "chip" : "chip warn" }, text + held);
}

function showBreakers(breakers) {
  byId("breakers-empty").hidden = breakers.length > 0;
  become(byId("breakers"), ...breakers.map((breaker) => el("li", { class: BORDERS[breaker.state] ?? null },
    el("p", { class: "row" }, el("strong", {}, breaker.service), el("span", { class: `chip ${CHIPS[breaker.state]}` }, words(breaker.state))),
    el("p", { class: "quiet" }, BREAKERS_SAY[breaker.state] ?? ""),
    el("p", { class: "quiet" }, breaker.failureRate < 0
      ? `Too few calls to judge (${breaker.calls})`
      : `${Math.round(breaker.failureRate)} % of the last ${breaker.calls} failed`,
    breaker.refused > 0 ? `, ${breaker.refused} refused so far` : ""))));
}

function showCalls(calls) {
  become(byId("calls"), ...calls.map((of) => el("tr", {},
    el("th", { scope: "row" }, el("span", { class: "direction" }, of.direction), of.method.replace(/^[a-z0-9.]*\./, "")),
    el("td", { class: "number" }, of.perSecond.toFixed(1)),
    el("td", {}, sparkline(of.history)),
    el("td", { class: "number" }, of.millis === null ? "\u2013" : `${of.millis < 10 ? of.millis.toFixed(1) : Math.round(of.millis)} ms`),
    el("td", { class: of.failed > 0 ? "number failing" : "number" }, String(of.failed)),
    el("td", { class: "number" }, of.count.toLocaleString("en")))));
}

const TRANSPORTS = {
  plaintext: "Connections are in plain text: callers prove nothing.",
  permissive: "Connections may be in plain text; callers with mutual TLS prove who they are.",
  strict: "All connections use mutual TLS: each caller proves who it is.",
};

function showSecurity({ transport, identity, mode, rules, proved }) {
  const ruled = mode === "off" ? "There are no rules about who may call what."
    : mode === "shadow" ? "What the rules would refuse is only counted." : "What no rule allows is refused.";
  const customers = identity === "required" ? "Customers are known, and see their own orders only." : "An order may be in anybody's name.";
  say(byId("security-state"), [TRANSPORTS[transport], ruled, customers].filter(Boolean).join(" "));
  say(byId("security-proved"), proved.length > 0
    ? `Calls so far: ${proved.map((of) => `${of.kind} ${of.outcome} ${of.count.toLocaleString("en")}`).join(", ")}.` : "");
  byId("rules-table").hidden = rules.length === 0;
  become(byId("rules"), ...rules.map((rule) => el("tr", {},
    el("th", { scope: "row" }, rule.method.replace(/^[a-z0-9.]*\./, "")),
    el("td", {}, rule.callers.join(", ") || "\u2013"),
    el("td", {}, rule.user || "\u2013"),
    el("td", { class: rule.refused > 0 ? "number failing" : "number" }, String(rule.refused)))));
}

function words(constant) {
  const text = constant.toLowerCase().replaceAll("_", " ");
  return text === "up" ? "Up" : text.charAt(0).toUpperCase() + text.slice(1);
}

function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
