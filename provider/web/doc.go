// Package web is where HTTP ends. A room writes handlers, from a Request to a Response or an error, and lists them as
// Routes; this package does the rest, once: routing, limits, strict forms, cross-site protection, cookies, languages,
// headers, pages, error pages, static files, one wide log line and the counters. It also owns the private listener.
//
// It does not know what a handler is about: it reads no store and decides nothing about accounts, clients or sessions.
// Pages and static files come from templates; nouns and Problem from provider; Prometheus stays in provider/web/metrics.
//
// Nothing is written before a handler has returned: a response is a value, rendered whole into memory. So a panic or a
// template fault can always still become a proper error page, and HEAD, Content-Length and the log are right by themselves.
//
// Decision: a request body is read whole (64 KiB at most) before the handler runs. A form that is too big, badly encoded
// or late is then refused in one place and in one way, also for code that parses the request by itself (fosite). Streaming
// was rejected: no endpoint of ours needs it.
//
// Decision: two ways to name a path that means another (//, /./, %2F..) are not redirected to the clean one, as net/http
// would with a 307 that repeats a POST: they are not found.
package web
