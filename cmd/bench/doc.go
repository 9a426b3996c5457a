// Command bench loads freshly started Gatehouses and prints what each operation costs: CPU microseconds by /proc of the
// server, and of PostgreSQL and Redis with all their processes; operations a second, p50 and p99; memory, start-up time, rows
// and bytes kept. Callers work in a closed loop; each figure is the median of several runs.
//
// It owns the measuring only: the server is the real program, and PostgreSQL and Redis are real ones of its own
// (storage/storagetest/servers), with durable commits.
//
// Replicas on the same cores cost more for each operation, and not by what they do: JWKS, which asks neither PostgreSQL nor
// Redis, costs half as much again with three processes for eight callers, a third with forty-eight. They switch context three
// times as often, each finds fewer connections ready, and a cold cache. An idle one takes 0.05 % of a core; GOMAXPROCS=1 gives a tenth back.
package main
