// The page's line to the server: a few requests, and a stream of events. A failure becomes an error whose message a person
// can read; what to do with it is the caller's business.

/** Api speaks for one person. */
export class Api {
  constructor(user) {
    this.user = user;
  }

  /** state is everything the person sees now. */
  state() {
    return request("demo/state" + (this.user ? `?user=${encodeURIComponent(this.user)}` : ""));
  }

  /** post sends one thing that the person did: message, action, suggest, view/submit, view/close, read. */
  post(what, body, signal) {
    return request("demo/" + what, {
      method: "POST",
      signal,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: this.user, ...body }),
    });
  }

  /**
   * listen follows the person's events until the returned function is called. onOpen runs at each (re)connection, when
   * something may have been missed; onLost when the line breaks.
   */
  listen({ onEvent, onOpen, onLost }) {
    return followTogether(({ kind, user, event }) => {
      if (kind === "open") onOpen();
      else if (kind === "lost") onLost();
      else if (user === this.user) onEvent(event);
    });
  }
}

// All tabs of a browser share one stream of events: a browser opens six connections to a server at most, and each stream is one.
// The tab that holds the lock follows the stream and tells the others; when it goes, the next one gets the lock.
const shared = "s1bot-demo-events";

function followTogether(hear) {
  const channel = new BroadcastChannel(shared);
  const stopped = new AbortController();
  channel.onmessage = (e) => hear(e.data);
  const tell = (what) => {
    channel.postMessage(what);
    hear(what);
  };
  navigator.locks.request(shared, { signal: stopped.signal }, () => follow(tell, stopped.signal)).catch(() => {});
  hear({ kind: "open" }); // another tab may have been following for long
  return () => {
    stopped.abort();
    channel.close();
  };
}

// follow reads the stream until it is stopped; while its promise is open, so is the lock.
function follow(tell, signal) {
  return new Promise((resolve) => {
    let source;
    let retry;
    const connect = () => {
      source = new EventSource("demo/events?user=*");
      source.onopen = () => tell({ kind: "open" });
      source.onmessage = (e) => tell({ kind: "event", ...JSON.parse(e.data) });
      source.onerror = () => {
        tell({ kind: "lost" });
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 2000);
      };
    };
    signal.addEventListener("abort", () => {
      clearTimeout(retry);
      source.close();
      resolve();
    });
    connect();
  });
}

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (err) {
    if (err.name === "AbortError") throw err;
    throw new Error("The server cannot be reached. Is the demo still running?");
  }
  const body = await answer.json().catch(() => null);
  if (body && body.ok !== false && answer.ok) return body;
  throw new Error(body?.message || body?.error || `The server answered with status ${answer.status}.`);
}
