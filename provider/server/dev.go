package server

import (
	"net"
	"net/netip"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// devRoutes are the addresses that only dev mode has: the inbox and the gallery of every page's states.
func devRoutes(pages *templates.Set, c Config) []web.Route {
	d := dev{pages: pages, inbox: c.Inbox}
	return []web.Route{
		{Pattern: "GET /dev/inbox", Handle: ofThisMachine(d.showInbox)},
		{Kind: web.Protocol, Pattern: "GET /dev/inbox.json", Handle: ofThisMachine(d.inboxJSON)},
		{Pattern: "GET /dev/gallery", Handle: d.galleryIndex},
		{Pattern: "GET /dev/gallery/{id}/{variant}", Handle: d.gallery},
	}
}

// ofThisMachine answers only to a name of this machine: a page whose DNS points at it (rebinding) must not read codes.
func ofThisMachine(handle web.Handler) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		if !isThisMachine(r.HTTP.Host) {
			return web.Response{}, &provider.Problem{Kind: provider.NotFound}
		}
		return handle(r)
	}
}

func isThisMachine(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && ip.IsLoopback()
}

type dev struct {
	pages *templates.Set
	inbox *notify.Inbox
}

func (d dev) showInbox(*web.Request) (web.Response, error) {
	var page templates.Inbox
	for _, m := range d.inbox.All() {
		page.Messages = append(page.Messages, templates.InboxMessage(m))
	}
	return web.Show(page), nil
}

// inboxJSON lists the messages, the newest last.
func (d dev) inboxJSON(*web.Request) (web.Response, error) { return web.JSON(d.inbox.All()), nil }

func (d dev) galleryIndex(*web.Request) (web.Response, error) {
	return web.Show(templates.GalleryIndex{States: templates.Gallery()}), nil
}

// gallery shows one state of one page; ?lang= chooses the language.
func (d dev) gallery(r *web.Request) (web.Response, error) {
	r.UILocales(r.Query().Get("lang"))
	for _, state := range templates.Gallery() {
		if state.ID == r.Path("id") && state.Variant == r.Path("variant") {
			return web.Show(state.Page), nil
		}
	}
	return web.Response{}, &provider.Problem{Kind: provider.NotFound}
}
