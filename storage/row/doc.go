// Package row says what every durable backend writes the same way: what is sealed, under which name, what an event may
// be, and how long what is over is kept. It keeps the backends' files readable by one another's sealing, and no backend can
// forget to bind a value to its row.
//
// It does not hold SQL (each backend's own, beside the method) and no key (package keys). Its neighbours are the backends.
//
// Decision: associated data name the table, the column and all that makes the row what it is: the account and the kind too,
// not only the id. Rejected: the id alone. Somebody who can write to the database could then give his passkey to a patient.
package row
