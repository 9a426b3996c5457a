package provider

import (
	"encoding/hex"
	"testing"
)

// TestLinksStayAsTheyWere: what a row hashes to is written here in full. Whoever changes it makes every trail that there is a false one.
func TestLinksStayAsTheyWere(t *testing.T) {
	r := TrailRow{
		Link: Link{Chain: 5, N: 7, SubjectN: 3}, Seq: 99, At: 1772366400000000, Kind: "contact.changed", Account: "ada", Client: "records", Session: "s1",
		Grant: "g1", Actor: "staff:fay", Detail: `{"kind":"email","to":"señora 王"}`, PrivateHash: FirstLink(), Private: []byte("not hashed"),
	}
	first := HashLink(FirstLink(), r)
	if got := hex.EncodeToString(first); got != "1ec403acc353a5805e3d7fb1d253f62e9a438c63552260ebed54a879a242d306" {
		t.Errorf("the first link is %s", got)
	}
	bare := TrailRow{Link: Link{N: 1}, At: 1, Kind: "x", Detail: "{}"}
	if got := hex.EncodeToString(HashLink(first, bare)); got != "49fdfcdf414218eed37edbf1b1e20e3799f74d605a4309f5a74385798e4a7212" {
		t.Errorf("the second link is %s", got)
	}
}
