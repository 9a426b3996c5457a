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
