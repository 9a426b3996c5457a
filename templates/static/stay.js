// Warns somebody who is signed in and does nothing, two minutes before they are signed out. How long there is, only the server knows:
// another tab, or an app, may have put it off. Without this script the page says it in words.
(function () {
  "use strict";
  var dialog = document.getElementById("stay");
  if (!dialog || !dialog.showModal) return;
  var said = document.getElementById("stay-said"), clock = document.getElementById("stay-clock");
  var ask = dialog.dataset.ask, warnAt, endAt, timer, spoken;

  function take(left) {
    warnAt = Date.now() + 1000 * left.warn_in;
    endAt = Date.now() + 1000 * left.end_in;
    dialog.querySelectorAll("[data-last]").forEach(function (part) { part.hidden = part.dataset.last !== String(!!left.last); });
  }

  // The same address again: the server shows the way back in, and after it this page. Back finds nothing.
  function leave() {
    clearTimeout(timer);
    location.replace(location.href);
  }

  function request(method) {
    if (!ask) return Promise.resolve();
    return fetch(ask, { method: method, cache: "no-store", headers: { Accept: "application/json" } }).then(function (answer) {
      if (answer.status === 401) return leave();
      if (answer.ok) return answer.json().then(take);
      throw new Error("no answer");
    });
  }

  function say(key) {
    if (spoken === key) return;
    spoken = key;
    said.textContent = key ? dialog.dataset[key] : "";
  }

  // Each second while the warning shows, and else when it is due. The server is asked before anything is said, and every ten seconds.
  function look(asked) {
    clearTimeout(timer);
    var now = Date.now(), left = Math.max(0, Math.ceil((endAt - now) / 1000));
    if (now < warnAt) {
      if (dialog.open) dialog.close();
      say("");
      timer = setTimeout(look, Math.min(warnAt - now, 2147483647));
      return;
    }
    if (ask && !asked && (!dialog.open || left === 0 || left % 10 === 0)) {
      request("GET").then(function () { look(true); }, function () { left === 0 ? leave() : look(true); });
      return;
    }
    if (!dialog.open) dialog.showModal();
    clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    if (left <= 30) say("half");
    else if (left <= 60) say("minute");
    timer = setTimeout(look, 1000);
  }

  function stay() {
    request("POST").then(function () { look(true); }, function () { look(true); });
  }

  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-close]").addEventListener("click", function () { dialog.close(); clearTimeout(timer); timer = setTimeout(look, Math.max(0, endAt - Date.now())); });
  dialog.addEventListener("cancel", function (event) { event.preventDefault(); stay(); });
  addEventListener("pageshow", function (event) { if (event.persisted) request("GET").then(function () { look(true); }, leave); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) look(); });
  take({ warn_in: dialog.dataset.warn, end_in: dialog.dataset.end, last: dialog.dataset.late === "true" });
  look();
})();
