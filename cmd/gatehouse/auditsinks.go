package main

import (
	"errors"
	"fmt"
	"strings"
)

// checkCheckpoints refuses a place that checkpoints cannot be written to.
func (c Config) checkCheckpoints() error {
	var faults []error
	for _, place := range c.AuditCheckpoints {
		if path, is := strings.CutPrefix(place, "file:"); !is || path == "" {
			faults = append(faults, fmt.Errorf("--audit-checkpoints %q is not file:PATH", place))
		}
	}
	return errors.Join(faults...)
}

func (c Config) checkpointFiles() []string {
	var paths []string
	for _, place := range c.AuditCheckpoints {
		paths = append(paths, strings.TrimPrefix(place, "file:"))
	}
	return paths
}
