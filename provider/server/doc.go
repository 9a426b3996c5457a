// Package server is the assembly: New wires every room of the house once, in order, by hand, and owns nothing else.
// To see what the house has, read New from top to bottom. cmd gives it a store, a keyset and settings.
package server
