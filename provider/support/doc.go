// Package support is the console: where the people of the house help a caller back in. It has a listener, an origin and cookies of
// its own, takes no cookie of a patient, and signs nobody in as one.
//
// What staff may do is decided by provider.Help.Permits and by nothing here: this room gathers what that asks, does the act by the
// store's method for it, and writes the record and the patient's message in the act's own transaction. Whoever is shown or changed, an
// event says so before the page answers; no event, no page.
//
// All that a page needs of the person of the house is their session (cookie gatehouse-staff) and the one case that they have open. No
// id of an account, factor or application that a form brings is believed: accounts come from the case, and the rest is looked for
// among what that account has. It does not own how a code is made (factor/oob), the passkey (factor/passkey), or letters (notify).
package support
