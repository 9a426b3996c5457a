// Package settings is the person's own room: the account's front door, reached without any application, and the pages
// that need no sign-in. It opens a ceremony with a Demand of its own, like every room, and gets the browser back.
//
// It does not run the ceremony (signin) and knows no protocol (oidc). My authenticators, sessions, apps and activity
// will be here.
package settings
