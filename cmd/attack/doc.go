// Command attack tries to get in where it must not: it builds gatehouse, starts it as processes of their own with the settings
// of a deployment, one on SQLite and three on PostgreSQL and Redis, and plays everybody who means harm, by HTTP. Each probe has
// a name, says what it tries, and knows what must hold. Run it with `make attack`; it ends with 1 where a probe gets through.
//
// That a probe can fail at all is shown as well: the program is built a second time with the tag planted, started with one
// defence broken on purpose (cmd/gatehouse, faults_planted.go), and the probe must notice. A probe that holds against a broken
// house is worth nothing, and is reported like a breach.
//
// People are made through the store, as an operator's import would; codes and links come by mail, to a relay of ours. It owns no
// load (cmd/overload) and no random faults (cmd/chaos).
package main
