// Helpers for elements. Text is always set as text, never as markup.

export const byId = (id) => document.getElementById(id);

// An element: el("li", { class: "x", hidden: true }, "text", child)
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else if (value === true) {
      element.setAttribute(key, "");
    } else if (value !== false && value != null) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

// Sets a text only when it has changed, so that screen readers don't repeat it.
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// Makes an element's children equal to these, changing only differences: focus and selection
// elsewhere stay.
export function become(parent, ...children) {
  children.forEach((child, i) => {
    const old = parent.childNodes[i];
    if (old) {
      turnInto(old, child);
    } else {
      parent.append(child);
    }
  });
  while (parent.childNodes.length > children.length) {
    parent.lastChild.remove();
  }
}

function turnInto(old, fresh) {
  if (old.isEqualNode(fresh)) {
    return;
  }
  if (old.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) {
    old.data = fresh.data;
  } else if (old.nodeName === fresh.nodeName && sameAttributes(old, fresh)) {
    become(old, ...fresh.childNodes);
  } else {
    old.replaceWith(fresh);
  }
}

function sameAttributes(old, fresh) {
  return old.attributes?.length === fresh.attributes?.length
    && [...(fresh.attributes ?? [])].every(({ name, value }) => old.getAttribute(name) === value);
}

// Shows a title with text below, or hides the box when there is neither.
export function alertIn(box, title, ...lines) {
  if (!title) {
    box.hidden = true;
    box.replaceChildren();
    return;
  }
  box.replaceChildren(el("strong", {}, title), ...lines.map((line) => el("span", {}, line, " ")));
  box.hidden = false;
}

// Calls task now and after each pause, while active() and the page is visible.
export function whileSeen(active, pauseMillis, task) {
  let running = false;
  const tick = async () => {
    if (running || !active() || document.hidden) {
      return;
    }
    running = true;
    try {
      await task();
    } finally {
      running = false;
    }
  };
  setInterval(tick, pauseMillis);
  document.addEventListener("visibilitychange", tick);
  tick();
  return tick;
}
