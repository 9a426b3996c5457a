package activation

import (
	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// tellTruster adds the notice to the patient whose invitation a trusted person uses (M-25). The office's invitations have none.
func (a *Room) tellTruster(r *web.Request, found provider.Activation, told []provider.Message) ([]provider.Message, error) {
	if found.By == "" {
		return told, nil
	}
	patient, err := a.Store.Account(r.Context(), found.By)
	if err != nil {
		return nil, err
	}
	held, err := a.Store.Authenticators(r.Context(), found.By)
	data := map[string]string{notify.DataAction: "added", notify.DataWhat: notify.Initials(found.Contact.Name), notify.DataLink: "/account/trusted"}
	return append(told, notify.Tell(patient, held, notify.TrustedPerson, data, r.Lang, r.Now)...), err
}
