// The edge's JSON, and its problem details as errors.

const TIMEOUT_SECONDS = 10;

export class Problem extends Error {
  // code: the gRPC code, or NETWORK when there was no answer at all.
  constructor(code, detail, details, traceUrl) {
    super(detail);
    this.code = code;
    this.details = details;
    this.traceUrl = traceUrl;
  }

  // Whether the request may have succeeded despite the failure.
  get isOutcomeUnknown() {
    return ["NETWORK", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED", "INTERNAL", "UNKNOWN", "DATA_LOSS"]
      .includes(this.code);
  }

  // What the details add to the message, for people.
  get reasons() {
    return listOf(this.details)
      .flatMap((detail) => [...listOf(detail?.violations), ...listOf(detail?.fieldViolations)])
      .map((violation) => [violation?.subject ?? violation?.field, violation?.description].filter(Boolean).join(": "))
      .filter(Boolean);
  }
}

// What should be a list: anything may answer instead of the server, such as a proxy.
export const listOf = (value) => (Array.isArray(value) ? value : []);

// An answer that the server would not give; the request may have succeeded.
export const unreadable = (traceUrl) => new Problem("INTERNAL", "The server's answer can't be read.", [], traceUrl);

export async function call(path, options = {}) {
  // The last one shows that this page made the request, and no other site's.
  const headers = { Accept: "application/json", "X-Mall-Request": "1", "Grpc-Timeout": `${TIMEOUT_SECONDS}S`, ...options.headers };
  let response;
  let body;
  try {
    const signal = AbortSignal.timeout((TIMEOUT_SECONDS + 5) * 1000);
    response = await fetch(path, { ...options, headers, signal });
    body = await response.json();
  } catch (failure) {
    throw new Problem("NETWORK", "The server did not answer.", [], null);
  }
  const traceUrl = linkOf(response, "trace");
  if (!response.ok) {
    const code = body?.code ?? (response.status >= 500 ? "UNAVAILABLE" : String(response.status));
    throw new Problem(code, body?.detail ?? (response.statusText || `Status ${response.status}`), listOf(body?.details), traceUrl);
  }
  if (body === null || typeof body !== "object") {
    throw unreadable(traceUrl);
  }
  return { body, traceUrl };
}

function linkOf(response, rel) {
  const match = /<(https?:[^>]+)>;\s*rel="([^"]+)"/.exec(response.headers.get("Link") ?? "");
  return match && match[2] === rel ? match[1] : null;
}
