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
// It does not decide (provider.Next does), hash (factor/password), speak OAuth (oidc) or draw (templates). A ceremony
// belongs to the browser that began it, by a cookie of its own; what is needed to begin again travels sealed in the page.
package signin
