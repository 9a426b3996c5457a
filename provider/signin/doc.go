// Package signin is the one room that runs a ceremony: sessions begin and end here and nowhere else.
//
//	another room                      signin                              the browser
//	Open(Ask) ───────────────▶ Next: done? ──────────────────────────▶ Room.Finish
//	                           else keep the ceremony ────────────────▶ 303 /signin/{id}
//	                           GET  /signin/{id}        dispatch ─────▶ the page of whatever Next says
//	                           POST /signin/{id}/{kind} do, dispatch ─▶ the same
//
// Every POST ends in the one dispatcher; steps never call one another, so no step can be skipped, and Back, a second
// tab or a form sent twice show the step that is right now. A GET changes and sends nothing.
//
// At a step that has ways (verify, enroll) the ceremony remembers the one that the person is on (Way): of what is offered now,
// and forgotten with every proof and every change of person. A code is sent by a POST alone, after the ceremony has moved, so
// that of two presses one sends. What a page shows before it is kept (seeds, sheets, WebAuthn challenges) is derived from the
// ceremony.
//
// Guessing. Every code is counted before it is looked at: in its challenge (five answers), in a budget that all second factors
// of an account share (ten failures in a quarter of an hour, whatever the browser), and in the authenticator's failures in a
// row. Requests of these forms run to their end though the client hangs up. A passkey is outside of all that: it cannot be
// guessed, and who has one always gets in. What is no guess (an answer to a code that is gone, or no six digits) is not counted.
//
// A passkey whose counter goes back (WebAuthn 3, 7.2 step 22) is refused and recorded, unless Config.Cloned says otherwise.
// Context: such a key may exist twice. Choice: two devices with one secret are not the one thing that somebody has (NIST SP
// 800-63B-4, 3.1.7); whoever uses it next from the device that is ahead still gets in. Synced passkeys count nothing, and are
// not concerned. Rejected: taking the whole passkey away, which lets a thief lock its owner out.
//
// A remembered browser is known by a cookie of its own, which lives longer than sessions. It is a proof of the ceremony beside
// the password, worth an e-mail code, and never bound anything.
//
// It does not decide (provider.Next does), hash (factor/password), speak OAuth (oidc) or draw (templates). A ceremony
// belongs to the browser that began it, by a cookie of its own; what is needed to begin again travels sealed in the page.
//
// Measured (cmd/bench on PostgreSQL, two cores, busy): one request reads nothing twice (known.go), and the authorization
// request is matched once. A signed-in person's authorize takes five statements where it took nine; with its token request
// about 1,720 µs of CPU, PostgreSQL's included, where it took 1,980. Rejected: keeping clients or accounts between requests,
// since none may outlive its disabling.
package signin
