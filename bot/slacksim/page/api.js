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
    let source;
    let retry;
    const connect = () => {
      source = new EventSource(`demo/events?user=${encodeURIComponent(this.user)}`);
      source.onopen = onOpen;
      source.onmessage = (e) => onEvent(JSON.parse(e.data));
      source.onerror = () => {
        onLost();
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 2000);
      };
    };
    connect();
    return () => {
      clearTimeout(retry);
      source.close();
    };
  }
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
