// Command chaos puts a house under load and under faults, writes down what everybody was told, and judges the record.
//
// People sign in by the forms, applications redeem, refresh, introspect, revoke and sign out, an operator disables and
// locks, all at once; meanwhile servers are killed and databases restarted. Each act is an Op of the history: when it began
// and ended, and whether it was answered, refused, or lost on the way. Check is a pure function of that history.
//
// It owns the load, the faults and the judgement, and nothing of the product: it knows the house as strangers do, and the
// store as an operator's tools do. Its neighbours are cmd/gatehouse, whose program it runs, and storage/storagetest/servers.
//
// Decision: everything that can end or change is a register (a session is live, then over; a client is live, over, live
// again), and every act names the facts that its answer rests on. One rule then judges sign-out, revocation, disabling,
// locking, consent and passwords on all replicas. Rejected: a rule for each, which misses what nobody thought of; and a
// search for a linear order, whose cost grows without bound where outcomes are unknown.
package main
