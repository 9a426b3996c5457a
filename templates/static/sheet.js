// Prints or copies a sheet of recovery codes. Without this script they are text to be selected, and the browser prints.
(function () {
  "use strict";
  var said = document.getElementById("sheet-said");
  document.querySelectorAll("[data-sheet]").forEach(function (button) {
    var copies = button.dataset.sheet === "copy";
    if (copies && !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!copies) return print();
      var codes = Array.from(document.querySelectorAll("#codes code"), function (code) { return code.textContent; });
      navigator.clipboard.writeText(codes.join("\n")).then(function () { said.textContent = button.dataset.said; }, function () {});
    });
  });
})();
