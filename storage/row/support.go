package row

import (
	"cmp"
	"encoding/json"
	"strings"

	"gatehouse/keys"
	"gatehouse/provider"
)

// person is the sealed part of somebody of the house.
type person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// SealStaff returns the fingerprint of an e-mail address, whatever its case, and what of a person of the house is sealed.
func SealStaff(s Sealer, st provider.Staff) (fingerprint, sealed []byte, err error) {
	sealed, err = sealJSON(s, ofStaff(st), person{st.Name, st.Email})
	return s.Fingerprint("staff", strings.ToLower(strings.TrimSpace(st.Email))), sealed, err
}

// OpenStaff puts it into st, of which the id, the role and the account are looked at.
func OpenStaff(s Sealer, st *provider.Staff, sealed []byte) error {
	var p person
	err := openJSON(s, ofStaff(*st), sealed, &p)
	st.Name, st.Email = p.Name, p.Email
	return err
}

// ofStaff binds the role and the own account to the person: who can write to the database, and has no key, makes no supervisor of an agent.
func ofStaff(st provider.Staff) keys.Where {
	return keys.Where{Table: "staff", Column: "person", Row: bound(string(st.ID), string(st.Role), string(st.Account))}
}

// SealStaffKey seals what the factor keeps of a passkey.
func SealStaffKey(s Sealer, k provider.StaffKey) ([]byte, error) {
	return s.Seal(k.Data, ofStaffKey(k))
}

// OpenStaffKey puts it into k, of which the id and the person are looked at.
func OpenStaffKey(s Sealer, k *provider.StaffKey, sealed []byte) (err error) {
	k.Data, err = open(s, ofStaffKey(*k), sealed)
	return err
}

func ofStaffKey(k provider.StaffKey) keys.Where {
	return keys.Where{Table: "staff_keys", Column: "data", Row: bound(k.ID, string(k.Staff))}
}

// words is the sealed part of a case.
type words struct {
	Note        string `json:"note,omitempty"`
	Ticket      string `json:"ticket,omitempty"`
	Interpreter string `json:"interpreter,omitempty"`
	DocumentEnd string `json:"document_end,omitempty"`
}

// SealCase seals what was written down of a contact.
func SealCase(s Sealer, c provider.Case) ([]byte, error) {
	return sealJSON(s, ofCase(c), words{c.Note, c.Ticket, c.Interpreter, c.DocumentEnd})
}

// OpenCase puts it into c, of which the id and the person are looked at.
func OpenCase(s Sealer, c *provider.Case, sealed []byte) error {
	var w words
	err := openJSON(s, ofCase(*c), sealed, &w)
	c.Note, c.Ticket, c.Interpreter, c.DocumentEnd = w.Note, w.Ticket, w.Interpreter, w.DocumentEnd
	return err
}

func ofCase(c provider.Case) keys.Where {
	return keys.Where{Table: "cases", Column: "words", Row: bound(c.ID, string(c.Staff))}
}

// SealApproval seals which factor or contact an approval is for.
func SealApproval(s Sealer, a provider.Approval) ([]byte, error) {
	return s.Seal([]byte(a.Target), ofApproval(a))
}

// OpenApproval puts it into a, of which all that was asked is looked at.
func OpenApproval(s Sealer, a *provider.Approval, sealed []byte) error {
	target, err := open(s, ofApproval(*a), sealed)
	a.Target = string(target)
	return err
}

// ofApproval binds the target to the act that was asked, so that none is approved and another one done.
func ofApproval(a provider.Approval) keys.Where {
	return keys.Where{Table: "approvals", Column: "target", Row: bound(a.ID, a.Case, string(a.Staff), string(a.Account), string(a.Action), string(a.Reason))}
}

// SealWatch seals why an account is watched; without a why it is watched all the same.
func SealWatch(s Sealer, account provider.AccountID, why string) ([]byte, error) {
	return s.Seal([]byte(cmp.Or(why, "watched")), ofWatch(account))
}

// OpenWatch opens it.
func OpenWatch(s Sealer, account provider.AccountID, sealed []byte) (string, error) {
	why, err := open(s, ofWatch(account), sealed)
	return string(why), err
}

func ofWatch(account provider.AccountID) keys.Where {
	return keys.Where{Table: "watched", Column: "why", Row: string(account)}
}

// reviewed is the sealed part of a review.
type reviewed struct {
	Reason string `json:"reason"`
	Held   string `json:"held,omitempty"`
}

// SealReview seals what was written down of why.
func SealReview(s Sealer, v provider.Review) ([]byte, error) {
	return sealJSON(s, ofReview(v), reviewed{v.Reason, v.Held})
}

// OpenReview puts it into v, of which all that was done is looked at.
func OpenReview(s Sealer, v *provider.Review, sealed []byte) error {
	var w reviewed
	err := openJSON(s, ofReview(*v), sealed, &w)
	v.Reason, v.Held = w.Reason, w.Held
	return err
}

// ofReview binds the words to who did what, so that nobody's act becomes somebody else's.
func ofReview(v provider.Review) keys.Where {
	return keys.Where{Table: "reviews", Column: "words", Row: bound(v.ID, string(v.Kind), v.Case, string(v.Staff), string(v.Account))}
}

// bound is a row by all of the names that it is bound to.
func bound(names ...string) string {
	text, _ := json.Marshal(names) // strings always encode
	return string(text)
}

// FactsText is a list of facts as a JSON array; nil and empty are the same.
func FactsText(facts []provider.Fact) string {
	names := make([]string, len(facts))
	for i, f := range facts {
		names[i] = string(f)
	}
	return ListText(names)
}

// Facts reads names back; none are nil.
func Facts(names []string) []provider.Fact {
	var facts []provider.Fact
	for _, name := range names {
		facts = append(facts, provider.Fact(name))
	}
	return facts
}
