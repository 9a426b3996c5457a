// Package templates owns what a person sees: the pages, their words in every language, the style sheet, the few small
// scripts, and the operator's brand. A page is a Go struct (pages.go); Set.Render turns it into HTML.
//
// It does not own when a page is shown, its status or its headers, and it never reads a clock or a request. The rooms under
// provider fill the structs; provider/web chooses the language, renders, and serves Assets. It imports nothing of ours.
//
// Every sentence stands in locales/LANG.yaml, one flat key a line. A message sees the fields of its page under their own
// names ({{.App.Name}}, {{.MinLength}}) and beside them {{.Brand}}, {{.Service}}, {{.Phone}}, {{.TTY}} and {{.Hours}}; so a key
// put into Error, Notice, Why, Reason or Fields needs no arguments. A message with plural forms counts by the first of its
// placeholders that holds a whole number. In HTML a filled-in value is escaped and isolated (bdi); a phone number is a link.
//
// The head of each catalogue says who reviewed its words, or "reviewed: false". A language is offered whole or not at all: one
// that lacks a word is refused by name, and left out where all are meant. One that nobody has reviewed is marked in Languages,
// for the caller to decide on. A message has the plural forms of its language, and other for those it leaves out.
//
// Decision: catalogues are YAML, because a key given twice is an error there and not in JSON, and translators may leave
// comments. Decision: one template per page serves all languages and asks its view for words; a parsed copy per language
// held the same tree many times for nothing.
package templates
