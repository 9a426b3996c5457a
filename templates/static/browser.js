// Fills in the browser check what only a script can find out. Each line of the page has one element for each answer, 1 yes, 2 no,
// 3 not known, of which one is shown; the numbers below repeat the answers in the same order, then the language, which the server
// knows, and a check digit by Damm's method (provider/browsercheck.go).
(function () {
  "use strict";
  var lines = document.querySelector("[data-browser-check]"), code = document.querySelector("[data-check-code]");
  var order = ["cookies", "scripts", "passkeys", "lock", "clock", "screen"];
  var rows = "0317598642" + "7092154863" + "4206871395" + "1750983426" + "6123045978" + "3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790";
  var api = window.PublicKeyCredential;

  function answer(name, number) {
    lines.querySelectorAll('[data-check="' + name + '"] [data-said]').forEach(function (said) { said.hidden = said.dataset.said !== String(number); });
    var numbers = code.textContent.split(" ");
    numbers[order.indexOf(name)] = String(number);
    numbers[numbers.length - 1] = numbers.slice(0, -1).reduce(function (at, digit) { return rows[10 * at + Number(digit)]; }, 0);
    code.textContent = numbers.join(" ");
  }

  answer("scripts", 1);
  answer("passkeys", api && navigator.credentials ? 1 : 2);
  if (!api || !api.isUserVerifyingPlatformAuthenticatorAvailable) answer("lock", 2);
  else api.isUserVerifyingPlatformAuthenticatorAvailable().then(function (can) { answer("lock", can ? 1 : 2); }).catch(function () {});
  // The page may have been on its way for a while; two minutes off is what an authenticator app would not forgive.
  var clock = Date.parse(lines.querySelector("[data-clock]").dataset.clock);
  answer("screen", window.innerWidth >= 700 ? 1 : 2);
  answer("clock", Math.abs(Date.now() - clock) < 120000 ? 1 : 2);
})();
