import { addToBasket, startBasket } from "./basket.js";
import { startCatalogue } from "./catalogue.js";
import { byId } from "./dom.js";
import { followOrder } from "./order.js";
import { startPlatform } from "./platform.js";
import { startSession } from "./session.js";

const VIEWS = { shop: "Mall", platform: "Platform \u2013 Mall" };

let shown = null;

const catalogueTick = startCatalogue(() => shown !== "platform", addToBasket);
const platformTick = startPlatform(() => shown === "platform");
startSession();
startBasket({ placed: (order, traceUrl) => { catalogueTick(); followOrder(order, traceUrl, addToBasket); } });

window.addEventListener("hashchange", () => route(true));
route(false);

// Other hashes are anchors within the shop.
function route(byUser) {
  const view = location.hash === "#platform" ? "platform" : "shop";
  const before = shown;
  shown = view;
  for (const [name, title] of Object.entries(VIEWS)) {
    byId(name).hidden = name !== view;
    const link = document.querySelector(`a[data-view="${name}"]`);
    if (name === view) {
      link.setAttribute("aria-current", "page");
      document.title = title;
    } else {
      link.removeAttribute("aria-current");
    }
  }
  byId("to-basket").classList.toggle("unwanted", view !== "shop");
  if (byUser && before !== view) {
    window.scrollTo(0, 0);
    byId(`${view}-title`).focus();
    (view === "platform" ? platformTick : catalogueTick)();
  }
}
