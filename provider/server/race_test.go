//go:build race

package server_test

// refreshes is fewer than the promise's ten thousand where the race detector makes each seven times as dear.
const refreshes = 2_000
