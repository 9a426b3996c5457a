package main

import (
	"context"
	"log/slog"
	"net/url"

	"gatehouse/storage"
)

// servers looks at how the database and Redis are set up.
func (c checkCmd) servers(ctx context.Context) []finding {
	const what = "set-up"
	options, err := c.options(nil)
	if err != nil || c.present() != nil {
		return nil // said already
	}
	told, err := storage.Doctor(ctx, options)
	if err != nil {
		return []finding{fix(what, err, "see that "+shown(options.Database)+" can be reached from here, and that its URL is right")}
	}
	found := c.secrets()
	for _, one := range told {
		verdict := warn
		if one.Grave {
			verdict = broken
		}
		found = append(found, finding{Verdict: verdict, What: one.What, Found: one.Found, Mend: one.Mend})
	}
	if len(found) == 0 {
		found = append(found, well(what, "nothing of "+shown(options.Database)+" may lose what was acknowledged"))
	}
	return found
}

// secrets warns of a password in a setting.
func (p Places) secrets() []finding {
	var found []finding
	for flag, value := range map[string]string{"database": p.Database, "redis": p.Redis} {
		u, err := url.Parse(value)
		if err != nil || u.User == nil {
			continue
		}
		if _, has := u.User.Password(); has {
			found = append(found, finding{
				Verdict: warn, What: "passwords", Found: "--" + flag + " holds a password: every user of this machine can read the command lines of programs",
				Mend: "write the URL into a file that only the server's user reads, and name it with --" + flag + "-file",
			})
		}
	}
	return found
}

// warnOf logs what Doctor finds, beside a server that serves already.
func (s Storage) warnOf(ctx context.Context, log *slog.Logger) {
	options, err := s.options(nil)
	if err != nil {
		return // it could not have been opened
	}
	found, err := storage.Doctor(ctx, options)
	if err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "the database could not be examined", "error", err.Error())
	}
	for _, one := range found {
		log.WarnContext(ctx, "the deployment needs mending", "what", one.What, "found", one.Found, "mend", one.Mend, "grave", one.Grave)
	}
}
