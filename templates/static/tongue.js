// Keeps what was typed over a change of language: names, addresses and choices, and never a password, a code or a fact that
// tells who somebody is. They wait in this tab alone, for the one page that the link leads to, and are gone once it shows.
(function () {
  "use strict";
  var place = "gatehouse-typed", moment = 60000;
  function keeps(field) {
    return !field.readOnly && (/^(radio|checkbox)$/.test(field.type) ||
      /^(text|email|tel)$/.test(field.type) && /\b(username|email|tel)\b/.test(field.autocomplete));
  }
  function fields() { return [].filter.call(document.querySelectorAll("main form input"), keeps); }
  function restore(kept) {
    fields().forEach(function (field) {
      kept.fields.forEach(function (was) {
        if (was[0] !== field.id) return;
        if (/^(radio|checkbox)$/.test(field.type)) field.checked = was[1];
        else if (was[1]) field.value = was[1];
      });
    });
  }
  try {
    var kept = JSON.parse(sessionStorage.getItem(place));
    sessionStorage.removeItem(place);
    if (kept && kept.path === location.pathname && Date.now() - kept.at < moment) restore(kept);
  } catch (e) { return; } // a browser that keeps nothing
  document.querySelectorAll("a[hreflang]").forEach(function (link) {
    link.addEventListener("click", function () {
      var back = new URL(link.href).searchParams.get("back") || "";
      sessionStorage.setItem(place, JSON.stringify({
        path: back.split("?")[0], at: Date.now(),
        fields: fields().map(function (f) { return [f.id, /^(radio|checkbox)$/.test(f.type) ? f.checked : f.value]; }),
      }));
    });
  });
})();
