// The basket. It keeps one idempotency key until it is ordered or changed, so that a retry after
// a lost answer can't order twice.

import { call, unreadable } from "./api.js";
import { product } from "./catalogue.js";
import { alertIn, byId, el, say } from "./dom.js";
import { money, times } from "./money.js";
import { isOpen } from "./session.js";

const MAX_QUANTITY = 2147483647;

const quantities = new Map();
// As last seen: a product may vanish from the catalogue while it is in the basket.
const seen = new Map();
let key = newKey();
let placing = false;

// placed(order, traceUrl) is called with every accepted order, failed(problem) otherwise.
export function startBasket({ placed }) {
  byId("user").value = remembered("user") || `guest-${Math.floor(1000 + Math.random() * 9000)}`;
  byId("user").addEventListener("input", () => {
    change();
    byId("user").removeAttribute("aria-invalid");
  });
  byId("basket").addEventListener("submit", (event) => {
    event.preventDefault();
    place(placed);
  });
  // The link to the basket is hidden while the basket is visible.
  new IntersectionObserver(([entry]) => byId("to-basket").classList.toggle("arrived", entry.isIntersecting))
    .observe(byId("place"));
  show();
}

export function addToBasket(productId) {
  if (placing) {
    say(byId("shop-status"), "Your order is being placed; the basket is yours again in a moment.");
    return;
  }
  if (!product(productId)) {
    say(byId("shop-status"), "This product is no longer sold.");
    return;
  }
  const quantity = (quantities.get(productId) ?? 0) + 1;
  set(productId, quantity);
  say(byId("shop-status"), `${known(productId).name} added, ${quantity} in the basket.`);
}

function known(id) {
  if (product(id)) {
    seen.set(id, product(id));
  }
  return seen.get(id);
}

function set(productId, quantity) {
  quantities.set(productId, quantity);
  change();
  show();
}

// From here on it is a new order: messages about the last one no longer apply.
function change() {
  key = newKey();
  alertIn(byId("order-alert"));
}

function remove(productId) {
  const { name } = known(productId);
  quantities.delete(productId);
  change();
  show();
  say(byId("shop-status"), `${name} removed from the basket.`);
  (byId("basket-items").querySelector("input") ?? byId("user")).focus();
}

function show() {
  const items = byId("basket-items");
  const shown = new Map([...items.children].map((item) => [item.dataset.item, item]));
  for (const [id, quantity] of quantities) {
    if (!shown.has(id)) {
      items.append(newItem(id));
    }
    const item = items.querySelector(`[data-item="${CSS.escape(id)}"]`);
    const input = item.querySelector("input");
    if (document.activeElement !== input) {
      input.value = quantity;
    }
    const price = money(times(known(id).price, quantity));
    say(item.querySelector("small"), product(id) ? price : `${price}, no longer sold`);
    shown.delete(id);
  }
  shown.forEach((item) => item.remove());
  byId("basket-empty").hidden = quantities.size > 0;
  const total = totalInWords();
  say(byId("basket-total"), total);
  // An order in flight can't be changed: its key identifies what was sent.
  byId("basket").querySelectorAll("input, button").forEach((control) => control.disabled = placing);
  byId("place").disabled = placing || quantities.size === 0;
  const pieces = [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0);
  byId("to-basket").hidden = quantities.size === 0;
  byId("to-basket").replaceChildren(
    el("span", {}, `Basket, ${pieces} ${pieces === 1 ? "piece" : "pieces"}`), el("span", {}, total));
}

function newItem(id) {
  const { name } = known(id);
  const inputId = `quantity-${id}`;
  const input = el("input", {
    id: inputId, type: "number", min: 1, max: MAX_QUANTITY, step: 1, inputmode: "numeric", required: true,
    "aria-label": `Quantity of ${name}`,
  });
  input.addEventListener("input", () => {
    const quantity = Number(input.value);
    const fits = Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY;
    input.setAttribute("aria-invalid", String(!fits));
    if (fits) {
      set(id, quantity);
    }
  });
  input.addEventListener("blur", () => {
    input.removeAttribute("aria-invalid");
    show();
  });
  return el("li", { class: "basket-item", "data-item": id },
    el("label", { for: inputId }, name, el("small")),
    input,
    el("button", { type: "button", "aria-label": `Remove ${name}`, onclick: () => remove(id) }, "\u00d7"));
}

function totalInWords() {
  const sums = new Map();
  for (const [id, quantity] of quantities) {
    const { minorUnits, currency } = times(known(id).price, quantity);
    sums.set(currency, (sums.get(currency) ?? 0) + minorUnits);
  }
  return [...sums].map(([currency, minorUnits]) => money({ minorUnits, currency })).join(" + ") || "\u2013";
}

async function place(placed) {
  const user = byId("user").value.trim();
  if (placing || quantities.size === 0) {
    return;
  }
  if (!user && isOpen()) {
    byId("user").setAttribute("aria-invalid", "true");
    alertIn(byId("order-alert"), "Whose order is it?", "Please enter your name.");
    byId("user").focus();
    return;
  }
  remember("user", user);
  placing = true;
  alertIn(byId("order-alert"));
  say(byId("place"), "Placing your order\u2026");
  show();
  const items = [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
  let accepted = null;
  try {
    const answer = await call("/api/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(isOpen() ? { userId: user, items } : { items }),
    });
    if (typeof answer.body.orderId !== "string") {
      throw unreadable(answer.traceUrl);
    }
    accepted = answer;
    quantities.clear();
    key = newKey();
  } catch (problem) {
    showProblem(problem);
  } finally {
    placing = false;
    say(byId("place"), "Place order");
    show();
  }
  if (accepted) {
    placed(accepted.body, accepted.traceUrl);
  }
}

function showProblem(problem) {
  const box = byId("order-alert");
  const because = problem.reasons.length > 0 ? problem.reasons.map(withName).join("; ") : problem.message;
  if (problem.isOutcomeUnknown) {
    alertIn(box, "We don't know yet whether your order was accepted.", `${because}.`,
      "Place it again unchanged: it is the same order, and is charged once. A changed order is a new one.");
  } else if (problem.code === "FAILED_PRECONDITION") {
    alertIn(box, "Your order could not be accepted.", `${because}.`, "Nothing was reserved or charged.");
    key = newKey();
  } else if (problem.code === "RESOURCE_EXHAUSTED") {
    alertIn(box, "There is a queue.", "Please try again in a moment.");
  } else {
    alertIn(box, "Your order was refused.", `${because}.`);
  }
  if (problem.traceUrl) {
    box.append(el("a", { href: problem.traceUrl, target: "_blank", rel: "noopener" }, "See where it went wrong"));
  }
}

// Details contain ids; users know names.
function withName(reason) {
  const [id] = reason.split(":", 1);
  const named = known(id);
  return named ? reason.replace(id, named.name) : reason;
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch (storageForbidden) {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (storageForbidden) {
    // The user enters the name again next time.
  }
}
