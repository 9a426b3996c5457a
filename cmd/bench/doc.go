// Command bench loads freshly started Gatehouses and prints what each operation costs: CPU microseconds by /proc of the
// server, and of PostgreSQL and Redis with all their processes; operations a second, p50 and p99; rows added; memory, start-up
// time, bytes kept. Callers work in a closed loop; each figure is the median of several runs. It owns the measuring only: the
// server is the real program, PostgreSQL and Redis are real ones (storage/storagetest/servers), with durable commits.
//
// A whole sign-in is authorization request, sign-in page, password, a code where one is asked for, tokens; with a passkey alone,
// the assertion in place of the password. The hash costs next to nothing, but where the line says so. "The POST" is the one
// request that brings a second factor and ends a ceremony, all before it being done beforehand: the factor is verified, the
// session begins, the application gets its code. A texted code is the same request as an e-mailed one.
//
// Browsers are known from an earlier sign-in. Second ways are those of a crowd (gatehouse dev --people): an app's code works once
// in its half minute, so a run may end early; five codes are sent to an address in a quarter of an hour. All other limits are off.
// The outbox is measured in provider/notify (BenchmarkDelivery), where its relay and carrier are; make bench runs both.
// Applications are told of a sign-out by local servers of the bench itself; the dead one takes connections and answers nothing.
// With -import it fills empty databases with so many people from elsewhere (gatehouse account import) and nothing else.
//
// Replicas on the same cores cost more for each operation, and not by what they do: JWKS, which asks neither PostgreSQL nor
// Redis, costs half as much again with three processes for eight callers, a third with forty-eight. They switch context three
// times as often, each finds fewer connections ready, and a cold cache. An idle one takes 0.05 % of a core; GOMAXPROCS=1 gives a tenth back.
package main
