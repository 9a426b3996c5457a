// On the page for a one-time link of the staff console: what stands behind the # of the address goes into the form and out of the
// address. It is posted once the person presses; nothing behind a # is ever sent to us by the browser itself.
(function () {
  "use strict";
  var place = document.querySelector("[data-token]");
  var token = location.hash.slice(1);
  if (!place || !/^[0-9A-Za-z_.-]{20,200}$/.test(token)) return;
  place.value = token;
  history.replaceState(null, "", location.pathname + location.search);
})();
