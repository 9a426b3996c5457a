// Package backchannel tells applications what happened to the people who use them, server to server: today that a session is
// over (OpenID Connect Back-Channel Logout 1.0).
//
// It owns the worker: who is told when, how often that is tried, what counts as told, and the record of it. What is told was
// written down by whatever ended the session, in its transaction (provider.Signals); what it says, and where to, is made when it
// leaves, by provider/oidc. Which addresses may be met at all is provider/egress's to say: an application's is one that a
// stranger may have chosen. Messages to people are provider/notify's.
//
// Decision: tried at once, then at growing distances for an hour, and then given up, as the record says. Each application
// has a few lanes of its own, so that a dead one keeps nobody waiting. Sent twice does no harm: a session that is over twice is
// over. Rejected: to tell from within the request that signs out, which would wait for the slowest application and lose what was
// to be told with the process.
package backchannel
