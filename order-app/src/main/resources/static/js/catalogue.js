// The products with their stock, polled rather than pushed: a browser opens at most six connections
// to a host, and every open shop would hold one of them permanently.

import { call } from "./api.js";
import { alertIn, byId, el, say, whileSeen } from "./dom.js";
import { money } from "./money.js";
import { ago } from "./time.js";

const PAUSE_MILLIS = 2000;
const FEW = 10;
const TONES = 6;

const cards = new Map();
const products = new Map();

export const product = (id) => products.get(id);

// add(product) is called when the user adds one.
export function startCatalogue(isShown, add) {
  return whileSeen(isShown, PAUSE_MILLIS, () => refresh(add));
}

async function refresh(add) {
  try {
    const { body } = await call("/api/products");
    alertIn(byId("catalogue-alert"));
    show(body.products, add);
    say(byId("stock-note"), noteOn(body));
    byId("stock-note").classList.toggle("stale", body.degradedFeatures.length > 0);
  } catch (problem) {
    say(byId("stock-note"), cards.size > 0 ? "Stock as it was a moment ago" : "");
    byId("stock-note").classList.add("stale");
    if (cards.size === 0) {
      alertIn(byId("catalogue-alert"), "The catalogue is unavailable.", problem.message, "This page will retry.");
    }
  }
}

// The missing features of the list, or that it is complete.
function noteOn({ degradedFeatures, productAgeSeconds }) {
  const notes = [];
  if (degradedFeatures.includes("product-details")) {
    notes.push(`Products as they were ${ago(productAgeSeconds)}; you can order all the same`);
  }
  if (degradedFeatures.includes("stock")) {
    notes.push("Stock is unknown at the moment; you can order all the same");
  } else {
    notes.push("Live stock");
  }
  return notes.join(". ");
}

function show(entries, add) {
  const list = byId("products");
  const gone = new Set(cards.keys());
  for (const entry of entries) {
    const id = entry.product.productId;
    gone.delete(id);
    products.set(id, entry.product);
    if (!cards.has(id)) {
      cards.set(id, newCard(entry.product, cards.size, add));
      list.append(cards.get(id).item);
    }
    cards.get(id).update(entry);
  }
  for (const id of gone) {
    cards.get(id).item.remove();
    cards.delete(id);
    products.delete(id);
  }
}

function newCard(first, index, add) {
  const price = el("span", { class: "price" });
  const stock = el("span", { class: "stock" });
  const button = el("button", { type: "button", "aria-label": `Add ${first.name} to basket`, onclick: () => add(first.productId) }, "Add to basket");
  const item = el("li", { class: "product", "data-product": first.productId },
    el("div", { class: `glyph tone-${index % TONES}`, "aria-hidden": "true" }, first.name.replace(/^The /, "").charAt(0).toUpperCase()),
    el("div", { class: "product-body" },
      el("h2", {}, first.name),
      el("p", { class: "about" }, first.description),
      el("p", { class: "product-row" }, price, stock),
      button));
  let before;
  return {
    item,
    update(entry) {
      say(price, money(entry.product.price));
      const available = entry.stock === undefined ? undefined : Number(entry.stock.available);
      say(stock, inWords(available));
      stock.className = `stock ${levelOf(available)}`;
      if (before !== undefined && available !== undefined && before !== available) {
        // Reading its size makes the browser start the animation anew.
        void stock.offsetWidth;
        stock.classList.add("changed");
      }
      before = available ?? before;
      button.disabled = available === 0;
    },
  };
}

function inWords(available) {
  if (available === undefined) {
    return "Stock unknown";
  }
  if (available === 0) {
    return "Sold out";
  }
  return available <= FEW ? `Only ${available} left` : `${available.toLocaleString("en")} in stock`;
}

function levelOf(available) {
  if (available === undefined) {
    return "unknown";
  }
  return available === 0 ? "none" : available <= FEW ? "few" : "plenty";
}
