// Fills in the browser check what only a script can find out. Each line of the page has one element for each answer, 1 yes, 2 no,
// 3 not known, of which one is shown; the numbers below repeat the answers in the same order.
(function () {
  "use strict";
  var lines = document.querySelector("[data-browser-check]"), code = document.querySelector("[data-check-code]");
  var order = ["cookies", "scripts", "passkeys", "lock", "clock"];
  var api = window.PublicKeyCredential;

  function answer(name, number) {
    lines.querySelectorAll('[data-check="' + name + '"] [data-said]').forEach(function (said) { said.hidden = said.dataset.said !== String(number); });
    var numbers = code.textContent.split(" ");
    numbers[order.indexOf(name)] = String(number);
    code.textContent = numbers.join(" ");
  }

  answer("scripts", 1);
  answer("passkeys", api && navigator.credentials ? 1 : 2);
  if (!api || !api.isUserVerifyingPlatformAuthenticatorAvailable) answer("lock", 2);
  else api.isUserVerifyingPlatformAuthenticatorAvailable().then(function (can) { answer("lock", can ? 1 : 2); }).catch(function () {});
  // The page may have been on its way for a while; two minutes off is what an authenticator app would not forgive.
  var clock = Date.parse(lines.querySelector("[data-clock]").dataset.clock);
  answer("clock", Math.abs(Date.now() - clock) < 120000 ? 1 : 2);
})();
