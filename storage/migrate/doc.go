// Package migrate brings a database to the schema of this build, and says whether it is there. It goes forward only.
//
// It owns the SQL of the schemas, one folder for each database, and the table schema_version. It opens no database: the
// backends do, and each refuses one that Check refuses. Applying is the operator's decision (gatehouse migrate).
//
// Decision: every migration leaves the schema usable by the release before it (add first, remove a release later), so that
// going back is a matter of starting the older program and never of losing columns. A schema says itself how far back that
// holds (schema_serves). Rejected: down migrations, which are
// tried for the first time on the worst day.
package migrate
