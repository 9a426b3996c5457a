// On the page for an activation code: fills in the code that the letter's QR has behind the # of the address, and takes it out of
// the address. Nothing behind a # is ever sent to us; without this script the person types the code.
(function () {
  "use strict";
  var field = document.querySelector("input[data-fragment]");
  var code = location.hash.slice(1);
  if (!field || !/^[0-9A-Za-z-]{1,20}$/.test(code)) return;
  if (!field.value) field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
})();
