// Holds back a second press while a form is on its way. The server copes with both; this spares the person the wait.
(function () {
  "use strict";
  document.querySelectorAll("form").forEach(function (form) {
    var timer;
    function free() {
      clearTimeout(timer);
      form.removeAttribute("data-sent");
    }
    form.addEventListener("submit", function (event) {
      if (form.hasAttribute("data-sent")) {
        event.preventDefault();
        return;
      }
      form.setAttribute("data-sent", "");
      timer = setTimeout(free, 10000); // a press that came to nothing may be repeated
    });
    addEventListener("pageshow", free); // Back brings the page as it was left
  });
})();
