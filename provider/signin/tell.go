package signin

import (
	"maps"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// Tell makes a notice to all addresses of a person, with the device that the request came from.
func (s *SignIn) Tell(r *web.Request, a provider.Account, held []provider.Authenticator, message string, more map[string]string) []provider.Message {
	data := map[string]string{}
	if words := deviceWords(r.HTTP.UserAgent()); words != "" {
		data[notify.DataDevice] = words
	}
	maps.Copy(data, more)
	return notify.Tell(a, held, message, data, r.Lang, r.Now)
}
