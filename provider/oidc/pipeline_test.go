package oidc

import "testing"

// TestPipelineIsSetUp: fosite sets what it finds unset while it serves, without a lock.
func TestPipelineIsSetUp(t *testing.T) {
	p := newPipeline(&OIDC{})
	if p.AudienceMatchingStrategy == nil || p.ScopeStrategy == nil {
		t.Error("something is left for the first request to set")
	}
}
