// Tells the app's server what the person did, at most once a minute, and warns them in time where they do nothing. It knows
// nothing of tokens: those stay on the server.
(function () {
  "use strict";
  var dialog = document.getElementById("stay");
  if (!dialog || !dialog.showModal) return;
  var place = dialog.dataset.place, clock = document.getElementById("stay-clock"), said = document.getElementById("stay-said");
  var warnAt, endAt, seen = false, told = Date.now(), timer, leaving = false;

  function take(left) {
    warnAt = Date.now() + 1000 * left.warn_in;
    endAt = Date.now() + 1000 * left.end_in;
    document.getElementById("stay-last").hidden = !left.last;
    document.getElementById("stay-signed-in").hidden = left.last;
  }

  // Once: what the page there says of it is said once.
  function leave() {
    if (leaving) return;
    leaving = true;
    location.replace(dialog.dataset.home);
  }

  function call(method) {
    return fetch(place, { method: method, cache: "no-store" }).then(function (answer) {
      if (answer.status === 401) return leave();
      if (answer.ok) return answer.json().then(take);
    });
  }

  function tell() {
    seen = false;
    told = Date.now();
    return call("POST");
  }

  // Behind the dialog nothing is pressed, so nothing counts but its own buttons.
  ["pointerdown", "keydown", "wheel", "touchmove"].forEach(function (kind) {
    addEventListener(kind, function () { if (!dialog.open) seen = true; }, { passive: true });
  });

  function look() {
    clearTimeout(timer);
    if (leaving) return;
    timer = setTimeout(look, 1000);
    var now = Date.now(), left = Math.max(0, Math.ceil((endAt - now) / 1000));
    if (seen && (now - told >= 60000 || now >= warnAt)) return tell().catch(function () {});
    if (now < warnAt) {
      if (dialog.open) dialog.close();
      return;
    }
    // Another tab or app may have put it off: asked before the warning, every ten seconds, and at the end.
    if (!dialog.open || left % 10 === 0) {
      call("GET").catch(function () {}).then(function () {
        if (Date.now() >= endAt) return leave();
        if (Date.now() >= warnAt && !dialog.open) {
          dialog.showModal();
          said.textContent = "You will be signed out soon.";
        }
      });
    }
    clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
  }

  document.getElementById("stay-signed-in").addEventListener("click", function () { tell().then(look, look); });
  dialog.addEventListener("cancel", function (event) { event.preventDefault(); tell().then(look, look); });
  addEventListener("pageshow", function (event) { 
    if (!event.persisted) return;
    leaving = false;
    call("GET").catch(leave);
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) look(); });
  take({ warn_in: dialog.dataset.warn, end_in: dialog.dataset.end, last: dialog.dataset.last === "true" });
  look();
})();
