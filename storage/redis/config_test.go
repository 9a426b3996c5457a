package redis

import (
	"slices"
	"strings"
	"testing"

	driver "github.com/redis/go-redis/v9"
)

func TestURLs(t *testing.T) {
	for url, want := range map[string]driver.UniversalOptions{
		"redis://cache":                                  {Addrs: []string{"cache:6379"}},
		"redis://cache:7000/3":                           {Addrs: []string{"cache:7000"}, DB: 3},
		"redis://[::1]:7000":                             {Addrs: []string{"[::1]:7000"}},
		"redis://:p%40%2Fss@cache/":                      {Addrs: []string{"cache:6379"}, Password: "p@/ss"},
		"redis://joe:pw@a,b:26380/1?master=house":        {Addrs: []string{"a:26379", "b:26380"}, Username: "joe", Password: "pw", DB: 1, MasterName: "house"},
		"redis://a?master=house&sentinel_password=s%26t": {Addrs: []string{"a:26379"}, MasterName: "house", SentinelPassword: "s&t"},
		"redis://a:1,b:2,c?cluster=1":                    {Addrs: []string{"a:1", "b:2", "c:6379"}, IsClusterMode: true},
		"redis://a?cluster=1&pool_size=7":                {Addrs: []string{"a:6379"}, IsClusterMode: true, PoolSize: 7},
	} {
		got, err := configure(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if !slices.Equal(got.Addrs, want.Addrs) || got.DB != want.DB || got.Username != want.Username || got.Password != want.Password ||
			got.MasterName != want.MasterName || got.SentinelPassword != want.SentinelPassword ||
			got.IsClusterMode != want.IsClusterMode || got.PoolSize != want.PoolSize || got.TLSConfig != nil {
			t.Errorf("%s: %+v", url, got)
		}
	}
	if got, err := configure("rediss://cache"); err != nil || got.TLSConfig == nil {
		t.Errorf("rediss: %+v, %v", got, err)
	}
}

// TestURLsThatCannotBeRead: and no error says what stood in them.
func TestURLsThatCannotBeRead(t *testing.T) {
	for _, url := range []string{
		"", "redis", "http://joe:hunter2@a", "redis://", "redis://joe:hunter2@", "redis://joe:hunter2@a/x", "redis://:%zzhunter2@a",
		"redis://a,b", "redis://a?hunter2=1", "redis://a?cluster=2", "redis://a/1?cluster=1", "redis://a?cluster=1&master=m",
		"redis://a?master=m&master=hunter2", "redis://a?pool_size=0", "redis://a?%zz=hunter2", "redis://a,,b?cluster=1",
	} {
		_, err := configure(url)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestNothingWaits: go-redis waits and tries again by default, at more places with every release.
func TestNothingWaits(t *testing.T) {
	o, err := configure("redis://cache")
	if err != nil {
		t.Fatal(err)
	}
	if o.DialTimeout != patience || o.ReadTimeout != patience || o.WriteTimeout != patience || o.PoolTimeout != patience ||
		!o.ContextTimeoutEnabled || o.MaxRetries != -1 || o.DialerRetries != 1 {
		t.Errorf("%+v", o)
	}
}
