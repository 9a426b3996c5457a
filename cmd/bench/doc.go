// Command bench loads freshly started Gatehouses and prints what each operation costs: CPU microseconds by /proc of the
// server, and of PostgreSQL and Redis with all their processes; operations a second, p50 and p99; memory, start-up time, rows
// and bytes kept. Callers work in a closed loop; each figure is the median of several runs.
//
// It owns the measuring only: the server is the real program, and PostgreSQL and Redis are real ones of its own
// (storage/storagetest/servers), with durable commits.
package main
