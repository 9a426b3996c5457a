// Sends the form that goes back to the app. A field of the app's may be named submit, hence the prototype.
(function () {
  "use strict";
  var form = document.getElementById("leaving");
  if (form) HTMLFormElement.prototype.submit.call(form);
})();
