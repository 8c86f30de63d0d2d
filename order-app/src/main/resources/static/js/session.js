// Whose orders these are. An open mall believes the name that is entered; another one knows its
// users: guests from their first visit on, customers once they have signed in.

import { call } from "./api.js";
import { byId, say } from "./dom.js";

let session = { kind: "open", userId: null, signIn: false };

export const isOpen = () => session.kind === "open";

export async function startSession() {
  try {
    session = (await call("/api/session")).body;
  } catch (problem) {
    // Orders will say what is wrong.
    return;
  }
  byId("user-field").hidden = !isOpen();
  byId("session").hidden = isOpen();
  say(byId("session-user"), session.kind === "customer" ? `Signed in as ${session.userId}` : "You are a guest");
  byId("sign-in").hidden = session.kind !== "guest" || !session.signIn;
  byId("sign-out").hidden = session.kind !== "customer";
  byId("sign-out").addEventListener("click", signOut);
}

async function signOut() {
  await fetch("/api/session", { method: "DELETE", headers: { "X-Mall-Request": "1" } });
  location.reload();
}
