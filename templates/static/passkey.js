// Makes and uses passkeys. It carries JSON between the page and the browser's WebAuthn (level 3), and decides nothing.
//
// Hooks of a page:
//   <form method="post" data-passkey="get|create|autofill" data-options="{…}">
//       get: asks when the button is pressed. create: makes one when it is pressed. autofill: as get, and offers passkeys in
//       the field with autocomplete="username webauthn", wherever that is, from the start.
//     <input type="hidden" name="response">
//     <button type="button" hidden data-passkey-button>      shown where the browser can do it
//     <div role="status">                                    of which one at most is shown:
//       <p hidden data-passkey-said="waiting">               the browser is asking (K-02)
//       <p hidden data-passkey-said="cancelled">             NotAllowedError: cancelled, timed out or none here (S-05, K-04)
//       <p hidden data-passkey-said="already">               InvalidStateError: this device has one (K-05)
//       <p hidden data-passkey-said="failed">                anything else
//       <p hidden data-passkey-said="unsupported">           the browser cannot do it (S-07)
//   The form is sent once response is filled; Enter in another field of it is a press of the button.
//   <span hidden data-passkey-signal="signalUnknownCredential" data-options="{…}">, and so with every signal… of WebAuthn:
//       told to the browser where it listens. Nothing depends on it.
(function () {
  "use strict";
  var api = window.PublicKeyCredential, store = navigator.credentials;
  var able = !!(api && store);
  var pending; // a browser does one thing at a time: what it was doing must end first

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); }).buffer;
  }
  function text(buffer) {
    var raw = "";
    new Uint8Array(buffer).forEach(function (b) { raw += String.fromCharCode(b); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  // Until late 2027 there are browsers and password managers without the methods that read and write JSON.
  function decoded(options, native) {
    if (api[native]) return api[native](options);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    (options.allowCredentials || options.excludeCredentials || []).forEach(function (c) { c.id = bytes(c.id); });
    return options;
  }
  function encoded(credential) {
    try { return JSON.stringify(credential.toJSON()); } catch (e) { /* by hand */ }
    var from = credential.response, response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (from[name]) response[name] = text(from[name]);
    });
    if (from.getTransports) response.transports = from.getTransports();
    return JSON.stringify({ id: credential.id, rawId: credential.id, type: credential.type, response: response });
  }

  function wire(form) {
    var kind = form.dataset.passkey, field = form.elements.response, busy = false;
    var button = form.querySelector("[data-passkey-button]");

    function say(what) {
      form.querySelectorAll("[data-passkey-said]").forEach(function (p) { p.hidden = p.dataset.passkeySaid !== what; });
    }
    function ask(conditional) {
      var create = kind === "create", call = {}, abort = new AbortController();
      if (pending) pending.abort();
      pending = abort;
      call.signal = abort.signal;
      if (conditional) call.mediation = "conditional";
      return Promise.resolve().then(function () {
        var options = JSON.parse(form.dataset.options);
        call.publicKey = decoded(options, create ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON");
        return create ? store.create(call) : store.get(call);
      }).then(function (credential) {
        field.value = encoded(credential);
        say();
        (form.requestSubmit || form.submit).call(form);
      });
    }
    function offer() {
      if (kind !== "autofill" || !api.isConditionalMediationAvailable) return;
      api.isConditionalMediationAvailable().then(function (can) {
        if (can && !busy) return ask(true);
      }).catch(function () {}); // nobody asked for it, so nobody is told
    }
    function press() {
      if (busy) return;
      busy = true;
      button.setAttribute("aria-busy", "true");
      say("waiting");
      ask(false).catch(function (error) {
        var name = error && error.name;
        say(name === "NotAllowedError" || name === "AbortError" ? "cancelled" :
          name === "InvalidStateError" && kind === "create" ? "already" : "failed");
        free();
      });
    }
    function free() {
      busy = false;
      button.removeAttribute("aria-busy");
      offer();
    }

    if (!able) return say("unsupported");
    button.hidden = false;
    button.addEventListener("click", press);
    // Before any other listener, so that a form that does not go out does not look sent.
    document.addEventListener("submit", function (event) {
      if (event.target !== form || field.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      press();
    }, true);
    addEventListener("pageshow", function (event) {
      if (!event.persisted) return;
      field.value = ""; // Back brings the page as it was left, and its answer is spent
      say();
      free();
    });
    offer();
  }

  document.querySelectorAll("form[data-passkey]").forEach(wire);
  document.querySelectorAll("[data-passkey-signal]").forEach(function (mark) {
    var signal = mark.dataset.passkeySignal;
    if (able && /^signal/.test(signal) && api[signal]) api[signal](JSON.parse(mark.dataset.options)).catch(function () {});
  });
})();
