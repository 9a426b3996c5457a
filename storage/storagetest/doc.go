// Package storagetest is the contract of provider.Store, one named test for each promise, held to by every backend.
//
// A backend's own test is ten lines: a Harness, and Run. It uses real goroutines and the real database; nothing is faked, and
// time is always an argument, so nothing sleeps. What only one backend can promise (files, modes, disks) stands in its own
// tests. A store that keeps ceremonies only is held to RunVolatile.
package storagetest
