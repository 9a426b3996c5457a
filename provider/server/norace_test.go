//go:build !race

package server_test

const refreshes = 10_000
