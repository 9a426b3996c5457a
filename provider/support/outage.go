package support

import (
	"net/http"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-13: a supervisor says that messages are slow, and patients who wait for one read so (C-11). It ends by itself.

const slowLasts = 4 * time.Hour

func slowable() []provider.Channel {
	return []provider.Channel{provider.ByText, provider.ByVoice, provider.ByEmail}
}

func (s *Support) showOutage(r *web.Request, d desk) (web.Response, error) {
	slow, err := s.Store.SlowChannels(r.Context(), r.Now)
	if err != nil {
		return web.Response{}, err
	}
	part := templates.DeskPart{Lead: []templates.Say{say("support.outage.lead")}}
	for _, c := range slowable() {
		state, press, tone := "support.outage.well", "support.outage.slow."+string(c), "quiet"
		value := "on"
		if slices.Contains(slow, c) {
			state, press, value, tone = "support.outage.slow", "support.outage.well."+string(c), "off", ""
		}
		part.Facts = append(part.Facts, fact("support.by."+string(c), say(state)))
		part.Forms = append(part.Forms, templates.DeskForm{
			Action: outage, Submit: press, Tone: tone, Hidden: []templates.Hidden{{Name: "channel", Value: string(c)}, {Name: "slow", Value: value}},
		})
	}
	return web.Show(s.page(r, d, "outage", part)), nil
}

type outageForm struct {
	Channel string `form:"channel" max:"8"`
	Slow    string `form:"slow" max:"4"`
}

func (s *Support) postOutage(r *web.Request, d desk, f outageForm) (web.Response, error) {
	channel := provider.Channel(f.Channel)
	if !slices.Contains(slowable(), channel) || f.Slow != "on" && f.Slow != "off" {
		return web.Response{}, &provider.Problem{Kind: provider.BadRequest}
	}
	var since, until time.Time
	if f.Slow == "on" {
		since, until = r.Now, r.Now.Add(slowLasts)
	}
	if err := s.Store.SetSlow(r.Context(), channel, since, until, audit.ChannelSlowed(r.Now, d.staff, channel, f.Slow == "on")); err != nil {
		return web.Response{}, err
	}
	if s.Slowed != nil {
		s.Slowed(r.Context(), r.Now)
	}
	return web.Response{Status: http.StatusSeeOther, Redirect: outage}, nil
}
