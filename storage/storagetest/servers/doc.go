// Package servers starts a real PostgreSQL, Redis or pgbouncer for tests: from Debian's packages, on free ports, in temporary
// directories, with the settings that make a commit durable. They end with the process that started them, however it ends.
//
// It owns processes and directories, and stands beside the contract (storagetest), which knows no server. A server that is
// not installed is an error that names `make servers`, and never a reason to skip a test.
package servers
