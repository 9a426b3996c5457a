package passkey

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gatehouse/provider"
)

// decoded reads options, without the challenge, which is checked to be long enough and new every time.
func decoded(t *testing.T, make func() (string, error)) map[string]any {
	t.Helper()
	var all [2]map[string]any
	var challenges [2]string
	for i := range all {
		text, err := make()
		must(t, err)
		must(t, json.Unmarshal([]byte(text), &all[i]))
		challenges[i], _ = all[i]["challenge"].(string)
		delete(all[i], "challenge")
	}
	if challenges[0] == challenges[1] || len(challenges[0]) < 43 {
		t.Errorf("challenges %q and %q", challenges[0], challenges[1])
	}
	return all[0]
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var want map[string]any
	must(t, json.Unmarshal([]byte(text), &want))
	return want
}

// keyed is a passkey that is reached in these ways.
func keyed(t *testing.T, id string, transports ...string) provider.Authenticator {
	t.Helper()
	data, err := record{ID: []byte(id), Key: []byte{1}, Transports: transports}.data()
	must(t, err)
	return provider.Authenticator{ID: id, Account: alice, Kind: provider.Passkey, Data: data}
}

func TestCreationAsksForADiscoverablePasskeyThatIsNotHeldYet(t *testing.T) {
	p := newRP(t)
	held := []provider.Authenticator{{ID: "pw", Account: alice, Kind: provider.Password}, keyed(t, "one", "internal", "hybrid"), keyed(t, "two")}
	got := decoded(t, func() (string, error) { return p.Creation(ceremony, alice, "alice", held, noon()) })
	want := parsed(t, `{
		"rp": {"id": "id.example", "name": "Example Clinic"},
		"user": {"id": "YTFpY2VBMWljZUExaWNlQTFpY2VBMQ", "name": "alice", "displayName": "alice"},
		"pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}, {"type": "public-key", "alg": -257}],
		"timeout": 600000,
		"excludeCredentials": [{"type": "public-key", "id": "b25l", "transports": ["internal", "hybrid"]}, {"type": "public-key", "id": "dHdv"}],
		"authenticatorSelection": {"residentKey": "required", "requireResidentKey": true, "userVerification": "preferred"},
		"attestation": "none"
	}`)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("options %v\nwant    %v", got, want)
	}
	for _, account := range []provider.AccountID{"", provider.AccountID(strings.Repeat("a", 65))} {
		if _, err := p.Creation(ceremony, account, "alice", nil, noon()); err == nil {
			t.Errorf("a passkey for %q", account)
		}
	}
}

func TestRequestAsksForAnyPasskeyOrForThoseHeld(t *testing.T) {
	p := newRP(t)
	for _, test := range []struct {
		name  string
		held  []provider.Authenticator
		alone bool
		want  string
	}{
		{"anybody's", nil, true, `{"timeout": 600000, "rpId": "id.example", "userVerification": "required"}`},
		{"as a second factor", []provider.Authenticator{keyed(t, "one", "internal"), {Kind: provider.TOTP}}, false, `{"timeout": 600000, "rpId": "id.example",
			"allowCredentials": [{"type": "public-key", "id": "b25l", "transports": ["internal"]}], "userVerification": "preferred"}`},
		{"security keys", []provider.Authenticator{keyed(t, "one", "usb", "nfc"), keyed(t, "two", "usb")}, true, `{"timeout": 600000, "rpId": "id.example",
			"allowCredentials": [{"type": "public-key", "id": "b25l", "transports": ["usb", "nfc"]}, {"type": "public-key", "id": "dHdv", "transports": ["usb"]}],
			"userVerification": "required", "hints": ["security-key"]}`},
		{"a security key and a phone", []provider.Authenticator{keyed(t, "one", "usb"), keyed(t, "two", "hybrid")}, true, `{"timeout": 600000, "rpId": "id.example",
			"allowCredentials": [{"type": "public-key", "id": "b25l", "transports": ["usb"]}, {"type": "public-key", "id": "dHdv", "transports": ["hybrid"]}],
			"userVerification": "required"}`},
		{"one that says nothing", []provider.Authenticator{keyed(t, "one")}, true, `{"timeout": 600000, "rpId": "id.example",
			"allowCredentials": [{"type": "public-key", "id": "b25l"}], "userVerification": "required"}`},
	} {
		got := decoded(t, func() (string, error) { return p.Request(ceremony, test.held, test.alone, noon()) })
		if want := parsed(t, test.want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: options %v\nwant %v", test.name, got, want)
		}
	}
	broken := provider.Authenticator{ID: "broken", Account: alice, Kind: provider.Passkey, Data: []byte("{}")}
	if _, err := p.Request(ceremony, []provider.Authenticator{broken}, true, noon()); err == nil {
		t.Error("a request for a record that cannot be read")
	}
}

// An account without a passkey can be asked for one, and nobody else's will do.
func TestARequestForAnAccountIsForNoOther(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	held := bind(t, p, d, alice)
	theirs := provider.Authenticator{Account: bob, Kind: provider.Password}
	if _, err := verify(p, d.answer(t, request(t, p, false, theirs)), holds(held)); err == nil {
		t.Error("alice's passkey answered for bob")
	}
}

func TestTransportsAreKeptAsSaidWithinBounds(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	options, err := p.Creation(ceremony, alice, "alice", nil, noon())
	must(t, err)
	many := []string{"usb", "smart-card", "of-tomorrow", "", "<b>", "UPPER", strings.Repeat("x", 33), "a b", "1", "2", "3", "4", "5", "6"}
	made, err := p.Register(context.Background(), ceremony, alice, d.create(t, options, inner("transports", many)), noon())
	must(t, err)
	r, err := read(made.Data)
	must(t, err)
	if want := []string{"usb", "smart-card", "of-tomorrow", "1", "2", "3", "4", "5"}; !reflect.DeepEqual(r.Transports, want) {
		t.Errorf("kept %q, want %q", r.Transports, want)
	}
}

func TestSignalsNameCredentialsOfThisRP(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	d.id = []byte("one")
	unknown, err := p.Unknown(d.answer(t, request(t, p, true)))
	must(t, err)
	if want := parsed(t, `{"rpId": "id.example", "credentialId": "b25l"}`); !reflect.DeepEqual(parsed(t, unknown), want) {
		t.Errorf("unknown: %s", unknown)
	}
	if unknown, err := p.Unknown(d.answer(t, request(t, p, true)), keyed(t, "other"), keyed(t, "one")); unknown != "" || err != nil {
		t.Errorf("one that is held: %s, %v", unknown, err)
	}
	for _, response := range []string{"", "x", "null", "{}", `{"id":""}`, `{"id":"+/"}`, `{"id":5}`, `{"id":"` + strings.Repeat("b25l", MaxResponse/4) + `"}`} {
		if unknown, err := p.Unknown(response); unknown != "" || err != nil {
			t.Errorf("%.20q: %s, %v", response, unknown, err)
		}
	}
	accepted, err := p.Accepted(alice, []provider.Authenticator{keyed(t, "one"), {Kind: provider.TOTP}})
	must(t, err)
	if want := parsed(t, `{"rpId": "id.example", "userId": "YTFpY2VBMWljZUExaWNlQTFpY2VBMQ", "allAcceptedCredentialIds": ["b25l"]}`); !reflect.DeepEqual(parsed(t, accepted), want) {
		t.Errorf("accepted: %s", accepted)
	}
	none, err := p.Accepted(alice, nil)
	must(t, err)
	if !strings.Contains(none, `"allAcceptedCredentialIds":[]`) {
		t.Errorf("none accepted: %s", none)
	}
}
