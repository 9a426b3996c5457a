package server

import "testing"

func TestDevInboxAnswersToNoOtherName(t *testing.T) {
	for host, ours := range map[string]bool{
		"localhost": true, "localhost:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "[::1]": true,
		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "10.0.0.1:8080": false, "": false,
	} {
		if isThisMachine(host) != ours {
			t.Errorf("%q: %v", host, !ours)
		}
	}
}
