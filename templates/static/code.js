// On the page for a code that was sent: fills it in where the browser can read it from a text (WebOTP), and tells when its time
// is nearly up. The page says both without this script.
(function () {
  "use strict";
  var field = document.querySelector("input[data-otp]");
  if (field && "OTPCredential" in window) {
    var reading = new AbortController();
    var stop = function () { reading.abort(); };
    field.form.addEventListener("submit", stop); // typed by hand meanwhile
    addEventListener("pagehide", stop);
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: reading.signal }).then(function (got) {
      if (got && !field.value) field.value = got.code;
    }, function () {}); // stopped, or not allowed: the person types it
  }

  // Says it twice at most: with two minutes left, and at the end. Less than 30 seconds apart it says the end only.
  var line = document.querySelector("[data-seconds]");
  if (!line) return;
  var end = Date.now() + 1000 * line.dataset.seconds;
  (function look() {
    var left = end - Date.now();
    if (left <= 0) {
      line.textContent = line.dataset.over;
      return;
    }
    if (left <= 120000 && left > 30000) line.textContent = line.dataset.soon;
    setTimeout(look, Math.min(left > 120000 ? left - 120000 : left, 2147483647));
  })();
})();
