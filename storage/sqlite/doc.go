// Package sqlite keeps what provider.Store promises in one SQLite file, for a Gatehouse that runs alone.
//
// It owns the file, its connections and the SQL, which stands beside each method. It does not own the schema (storage/migrate),
// what is sealed under which name (storage/row), nor any clock: time is an argument. The contract is storage/storagetest.
//
// The file is in WAL mode with synchronous=FULL: what was acknowledged survives a power cut. One connection writes; every
// write is one transaction that takes the write lock when it begins, so that it never fails half-way for want of it, and the
// server and an operator's command can both have the file open. A few connections read, without waiting for the writer.
//
// Decision: a transaction that has begun is carried through even if its caller goes away. It takes less than a millisecond,
// and a commit that was interrupted would leave the caller not knowing. Only waiting for the turn heeds the context.
package sqlite
