// A page's line to the server's events: opened again by itself for as long as the page is there.
"use strict";

const SILENT_MS = 2500;
const AGAIN_MS = 500;

// `heard` is called with the id of each event. Whoever says nothing for too long is lost.
function follow(page, { see, lose, beat = () => {}, heard = () => {} }) {
  let heardAt = performance.now();
  let events = null;

  // The server is there and tells this page nothing: it is another page that it wants to give.
  async function again() {
    const there = await fetch(`/${page}`).then((answer) => answer.ok, () => false);
    if (there) location.reload();
    else connect();
  }

  function connect() {
    events?.close();
    events = new EventSource(`/${page}/events`);
    const hear = (name, then) => events.addEventListener(name, (event) => {
      heardAt = performance.now();
      heard(event.lastEventId);
      then(event);
    });
    hear("pages", (event) => { if (event.data !== document.body.dataset.version) location.reload(); });
    hear("view", (event) => {
      // What cannot be shown whole is not shown at all.
      try { see(JSON.parse(event.data)); } catch { lose(); }
    });
    hear("beat", beat);
    hear("lost", lose);
    hear("ended", () => location.reload());
    events.onerror = () => {
      lose();
      if (events.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS);
    };
  }

  setInterval(() => {
    if (performance.now() - heardAt > SILENT_MS) {
      lose();
      heardAt = performance.now();
      connect();
    }
  }, AGAIN_MS);

  connect();
}
