// One order, followed live over server-sent events. The browser reconnects by itself and sends the
// id of the last event; a 204 stops that.

import { listOf } from "./api.js";
import { product } from "./catalogue.js";
import { byId, el, say } from "./dom.js";
import { ago } from "./time.js";

const STEPS = [
  ["ORDER_STATUS_CREATED", "Received"],
  ["ORDER_STATUS_PAID", "Paid"],
  ["ORDER_STATUS_SHIPPED", "On its way"],
  ["ORDER_STATUS_COMPLETED", "Delivered"],
];
const CANCELLED = "ORDER_STATUS_CANCELLED";

const WITHOUT = {
  recommendations: (order) => (listOf(order.recommendedProductIds).length > 0
    ? "Recommendations took too long to come: these are what sells best. Your order is not affected."
    : "Recommendations took too long to come, so there are none this time. Your order is not affected."),
  "product-details": (order) =>
    `The catalogue was unavailable: you paid the prices of ${ago(Number(order.priceAgeSeconds))}. Your order is not affected.`,
};

let events = null;

// add(productId) is called when the user adds a suggestion.
export function followOrder(order, traceUrl, add) {
  events?.close();
  byId("order").hidden = false;
  say(byId("order-id"), order.orderId);
  say(byId("order-live"), "Your order was accepted.");
  showDegraded(order);
  showSuggestions(listOf(order.recommendedProductIds), add);
  byId("order-trace").hidden = !traceUrl;
  if (traceUrl) {
    byId("trace-link").href = traceUrl;
  }
  const seen = new Map();
  showSteps(seen);
  byId("order-title").focus();
  listen(order.orderId, seen);
}

function listen(orderId, seen) {
  const source = new EventSource(`/api/orders/${encodeURIComponent(orderId)}/events`);
  events = source;
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    seen.set(event.status, event);
    showSteps(seen);
    say(byId("order-live"), `${event.message}.`);
    if (event.status === CANCELLED || event.status === "ORDER_STATUS_COMPLETED") {
      source.close();
    }
  };
  source.addEventListener("problem", () => say(byId("order-live"), "Live updates stopped; reconnecting\u2026"));
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      say(byId("order-live"), "Live updates of this order are unavailable.");
    } else {
      say(byId("order-live"), "The connection broke; reconnecting\u2026");
    }
  };
}

function showSteps(seen) {
  const cancelled = seen.get(CANCELLED);
  const steps = cancelled
    ? [...STEPS.filter(([status]) => seen.has(status)), [CANCELLED, "Cancelled"]]
    : STEPS;
  const next = steps.find(([status]) => !seen.has(status));
  byId("order-steps").replaceChildren(...steps.map(([status, name]) => {
    const event = seen.get(status);
    const state = status === CANCELLED ? "cancelled" : event ? "done" : next?.[0] === status ? "next" : "";
    return el("li", { class: state, "aria-current": next?.[0] === status ? "step" : null },
      event ? el("time", { datetime: isoTime(event) }, clockTime(event)) : null,
      name,
      el("span", { class: "unseen" }, event ? " (done)" : " (to come)"));
  }));
}

function showDegraded(order) {
  const degraded = listOf(order.degradedFeatures);
  byId("order-degraded").hidden = degraded.length === 0;
  byId("order-degraded").replaceChildren(
    ...degraded.map((feature) =>
      el("p", {}, WITHOUT[feature]?.(order) ?? `Not available for this order: ${feature}.`)));
}

function showSuggestions(ids, add) {
  const known = ids.map(product).filter(Boolean);
  byId("order-suggestions").hidden = known.length === 0;
  byId("suggested").replaceChildren(...known.map((suggested) =>
    el("li", {}, el("button", { type: "button", "aria-label": `Add ${suggested.name} to basket`, onclick: () => add(suggested.productId) },
      `+ ${suggested.name}`))));
}

const isoTime = (event) => new Date(Number(event.timestamp) * 1000).toISOString();

const clockTime = (event) => new Date(Number(event.timestamp) * 1000).toLocaleTimeString("en-GB");
