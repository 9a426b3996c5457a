// Holds back a second press while a form is on its way. The server copes with both; this spares the person the wait.
//
// And whoever comes Back to the answer of a form, or loads it anew, gets its address, where the step is that is right by then,
// and not the browser's question whether to send the form again.
(function () {
  "use strict";
  history.replaceState(history.state, "", location.href);
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
