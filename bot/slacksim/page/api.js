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
// The tab that holds the lock follows the stream and tells the others; when it goes, the next one gets the lock. A browser slows the
// timers of a tab in the background down, so that it connects again late: a tab that somebody looks at takes the lock from it then.
const shared = "s1bot-demo-events";

function followTogether(hear) {
  const channel = new BroadcastChannel(shared);
  const stopped = new AbortController();
  let lost = false; // by a tab in the background
  const tell = (what) => {
    channel.postMessage(what);
    hear(what);
  };
  const queue = (options) => {
    const turn = new AbortController();
    const end = () => turn.abort();
    stopped.signal.addEventListener("abort", end);
    navigator.locks
      .request(shared, options, () => follow(tell, turn.signal))
      .catch(() => {}) // stopped while it waited, or another tab took over
      .then(() => {
        stopped.signal.removeEventListener("abort", end);
        turn.abort();
        if (!options.steal && !stopped.signal.aborted) queue({ signal: stopped.signal }); // who took over waits in the queue as well
      });
  };
  const takeOver = () => {
    if (!lost || document.hidden || stopped.signal.aborted) return;
    lost = false;
    queue({ steal: true });
  };
  channel.onmessage = (e) => {
    lost = e.data.kind === "lost" && e.data.hidden;
    hear(e.data);
    takeOver();
  };
  document.addEventListener("visibilitychange", takeOver, { signal: stopped.signal });
  queue({ signal: stopped.signal });
  hear({ kind: "open" }); // another tab may have been following for long
  return () => {
    stopped.abort();
    channel.close();
  };
}

// follow reads the stream until it is stopped; while its promise is open, so is the lock. It may have been stopped before its turn came.
function follow(tell, signal) {
  if (signal.aborted) return undefined;
  return new Promise((resolve) => {
    let source;
    let retry;
    const connect = () => {
      source = new EventSource("demo/events?user=*");
      source.onopen = () => tell({ kind: "open" });
      source.onmessage = (e) => tell({ kind: "event", ...JSON.parse(e.data) });
      source.onerror = () => {
        tell({ kind: "lost", hidden: document.hidden });
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
