// Command bench loads freshly started Gatehouses and prints what each operation costs: CPU microseconds by /proc of the
// server, and of PostgreSQL and Redis with all their processes; operations a second, p50 and p99; rows added; memory, start-up
// time, and bytes kept. Callers work in a closed loop; each figure is the median of several runs.
//
// What a line measures:
//   - discovery to refresh: one request. Code exchange: the request for tokens, for codes that were got beforehand.
//   - code flow, signed in: the authorization request of a browser that has a session, and the tokens.
//   - whole sign-in: authorization request, sign-in page, password, tokens. The password's hash costs next to nothing there, but
//     where the line says so. All are one person's, at a browser of each caller's: it forgets all but what it is known by.
//   - e-mail code, app code, passkey assertion, each "the POST": the one request that brings the second factor and ends a
//     ceremony: the factor is verified, the session begins, the application gets its code. All before is done beforehand. A
//     texted code is the same request as an e-mailed one.
//   - whole sign-in, password and app: authorization request, sign-in page, password, page for the code, code, tokens.
//   - whole sign-in, passkey alone: authorization request, sign-in page, assertion, tokens.
//
// The second ways are those of a crowd (gatehouse dev --people): a code of an app works once in its half minute, and five codes
// are sent to an address in a quarter of an hour. A run ends early when everybody's code is spent. Each of the crowd has a browser
// of their own, known by a sign-in before. Limits of requests and of sends are off, since all come from one address.
//
// The outbox is measured where its far sides are, in provider/notify (BenchmarkDelivery), with a relay and a carrier of its own:
// messages a second where many wait, and the delay from the request until the carrier has it. make bench runs both.
//
// It owns the measuring only: the server is the real program, and PostgreSQL and Redis are real ones of its own
// (storage/storagetest/servers), with durable commits.
//
// Replicas on the same cores cost more for each operation, and not by what they do: JWKS, which asks neither PostgreSQL nor
// Redis, costs half as much again with three processes for eight callers, a third with forty-eight. They switch context three
// times as often, each finds fewer connections ready, and a cold cache. An idle one takes 0.05 % of a core; GOMAXPROCS=1 gives a tenth back.
package main
