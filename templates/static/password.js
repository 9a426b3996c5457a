// Adds a button to each password field that shows what was typed. Without this script the field is a plain one.
(function () {
  "use strict";
  document.querySelectorAll("input[data-show]").forEach(function (input) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "eye";
    button.setAttribute("aria-controls", input.id);
    function set(shown) {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? input.dataset.hide : input.dataset.show;
      button.setAttribute("aria-label", shown ? input.dataset.hideLabel : input.dataset.showLabel);
    }
    button.addEventListener("click", function () { set(input.type === "password"); });
    // Sent as a password, so that managers save it and the browser does not remember it as text.
    input.form.addEventListener("submit", function () { set(false); });
    addEventListener("pageshow", function () { set(false); });
    set(false);
    input.parentNode.appendChild(button);
  });
})();
