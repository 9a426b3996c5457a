package signin

import (
	"errors"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// Begin begins the session of an account that a room has just opened for the person at this browser, who has shown these proofs on
// the way. What was carried for that (Carry) is used up: asked again, it answers with the same session, and with none once that
// has ended. The room gets the browser by its Finish, with ret as the Return.
func (s *SignIn) Begin(r *web.Request, room Room, carried provider.Ceremony, ret string, account provider.AccountID, proofs []provider.Proof) (web.Response, error) {
	if len(proofs) == 0 || account == "" || carried.ID == "" || carried.Secret == "" {
		return web.Response{}, errors.New("signin: a session begins with somebody's proofs, once")
	}
	c := provider.Ceremony{
		ID: carried.ID, Room: room.Name(), Return: ret, Account: account,
		Began: carried.Began, Deadline: carried.Deadline, Secret: carried.Secret,
	}
	for _, p := range proofs {
		var err error
		if c, err = provider.Apply(c, p); err != nil {
			return web.Response{}, err
		}
	}
	return s.finish(r, c, known{})
}
