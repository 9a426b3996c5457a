// On the pages for an activation code: the letter's QR has the code behind the # of the address. This fills it in, or hands it to
// the page that asks for it, and takes it out of the address. Nothing behind a # is ever sent to us; without this script the
// person types the code.
(function () {
  "use strict";
  var place = document.querySelector("[data-fragment]");
  var code = location.hash.slice(1);
  if (!/^[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}$/.test(code)) return;
  if (place && place.href) place.setAttribute("href", place.getAttribute("href") + "#" + code);
  else if (place && !place.value) place.value = code;
  history.replaceState(null, "", location.pathname + location.search);
})();
