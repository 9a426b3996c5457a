// Package postgres keeps what provider.Store promises in PostgreSQL 15 or newer, for a Gatehouse of any number of replicas.
//
// It owns the pool and the SQL, which stands beside each method. It does not own the schema (storage/migrate), what is sealed
// under which name (storage/row), nor any clock: time is an argument. The contract is storage/storagetest. Its neighbour
// storage/redis keeps ceremonies where there is one, and storage/both joins the two.
//
// Every method is one statement and one round trip. An act and its event are one statement with WITH parts: the act returns
// a row if it took place, and the event is inserted from that row (see said). Of many at once one wins, because the condition
// stands in the statement and PostgreSQL asks it again once the row is free. Rejected: BEGIN, the statements, COMMIT. It
// costs four round trips, twice the CPU, and holds the row while the network travels.
//
// Times are BIGINT microseconds, as in SQLite. Rejected: TIMESTAMPTZ, whose text depends on the session, and behind a pooler
// nobody knows whose session it is.
//
// No statement needs a session: no SET, no LISTEN, no session lock, no temporary table. So pgbouncer in transaction mode is
// fine; say pgbouncer=1 in the URL, and no statement is prepared by name either.
//
// A statement that has begun is carried through even if its caller goes away (interrupting it would cost the connection, and
// leave the caller of a commit not knowing), for as long as answerWithin. No statement is tried again: whether a write that
// lost its connection took place, nobody here knows.
package postgres
