// Package storage joins the promises of provider.Store to a database: Open picks the backend by the scheme of its name.
//
// It owns that choice only. The promises stand in provider/store.go, their proof in storagetest, the schemas in migrate, what
// all backends write alike in row, and each backend in a folder of its own. It imports provider and keys and nothing else
// of ours; nothing under provider imports it. A new backend is one folder, one case here and ten lines of test.
package storage
