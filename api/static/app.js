// What htmx leaves to us: fresh event ids, focus on the answer, words when the network is gone. All works without it too.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const announce = (words) => { const line = byId("announce"); if (line) line.textContent = words; };

  const newEventId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  document.addEventListener("htmx:beforeRequest", () => {
    byId("no-connection").hidden = true;
    announce(byId("announce").dataset.checking);
    window.scrollTo(0, 0);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    announce("");
    if (event.detail.target.id !== "log") {
      byId("text").focus();
      return;
    }
    const turn = document.querySelector("#log .turn");
    if (!turn) return;
    document.body.classList.add("answered");
    for (const fold of document.querySelectorAll("#log .turn ~ .turn .fold")) fold.open = false;
    const headline = turn.querySelector(".headline");
    if (headline) headline.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });

  // The same id is sent again until an answer came: a second press after a lost answer has no second effect.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    const form = event.detail.elt.closest("form");
    form.elements.event_id.value = newEventId();
    if (form.id === "composer") form.elements.text.value = "";
    byId("problem-place").replaceChildren();
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      announce("");
      const card = byId("no-connection");
      card.hidden = false;
      card.querySelector(".headline").focus();
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId("composer").requestSubmit();
    }
  });

  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
})();
