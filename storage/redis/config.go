package redis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	driver "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// patience is how long anything may take: to connect, to send, to answer, and all of it together.
const patience = 50 * time.Millisecond

// errURL says nothing of the URL, which may hold a password.
var errURL = errors.New("redis: the URL cannot be read; its forms are redis://USER:PASSWORD@HOST:PORT/DB, redis://SENTINEL1,SENTINEL2/DB?master=NAME and redis://NODE1,NODE2/?cluster=1, with rediss:// for TLS and special characters of the password percent-encoded")

// errCA says nothing of the file, whose name may be the password of a URL that was mistyped.
var errCA = errors.New("redis: the file of the parameter ca cannot be read, or holds no certificate in PEM")

func authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, errCA
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errCA
	}
	return pool, nil
}

// configure reads a URL:
//
//	redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]            one server
//	redis://…@HOST[:PORT],HOST[:PORT][/DB]?master=NAME    the server that these Sentinels call NAME
//	redis://…@HOST[:PORT],HOST[:PORT][/]?cluster=1        a cluster that these nodes know
//
// rediss:// is the same over TLS; ca is a file with the certificates that vouch for the servers, where those of the machine do
// not. sentinel_user and sentinel_password are those of the Sentinels, pool_size is how many connections there may be to one
// server.
func configure(text string) (*driver.UniversalOptions, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme != "redis" && scheme != "rediss" {
		return nil, errURL
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	o := &driver.UniversalOptions{}
	if scheme == "rediss" {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	err := errors.Join(readAuthority(o, authority), readPath(o, path), readQuery(o, query))
	if errors.Is(err, errCA) {
		return nil, errCA
	}
	if err != nil || o.IsClusterMode && (o.MasterName != "" || o.DB != 0) {
		return nil, errURL
	}
	if len(o.Addrs) > 1 && o.MasterName == "" && !o.IsClusterMode {
		return nil, errURL
	}
	hurry(o)
	return o, nil
}

// hurry sets what keeps a stalled Redis from stalling a sign-in. Everything else that might wait or try again is off.
func hurry(o *driver.UniversalOptions) {
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = patience, patience, patience, patience
	o.ContextTimeoutEnabled = true
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func readAuthority(o *driver.UniversalOptions, authority string) error {
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		var userErr, passwordErr error
		o.Username, userErr = url.PathUnescape(user)
		o.Password, passwordErr = url.PathUnescape(password)
		if errors.Join(userErr, passwordErr) != nil {
			return errURL
		}
		authority = authority[at+1:]
	}
	for each := range strings.SplitSeq(authority, ",") {
		host, port, err := net.SplitHostPort(each)
		if err != nil {
			host, port = strings.Trim(each, "[]"), ""
		}
		if host == "" {
			return errURL
		}
		o.Addrs = append(o.Addrs, net.JoinHostPort(host, port))
	}
	return nil
}

func readPath(o *driver.UniversalOptions, path string) (err error) {
	if path != "" {
		o.DB, err = strconv.Atoi(path)
	}
	return err
}

// readQuery also gives every address its port, which depends on whose it is.
func readQuery(o *driver.UniversalOptions, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errURL
	}
	port := "6379"
	for name, all := range values {
		value := all[0]
		switch {
		case len(all) > 1:
			return errURL
		case name == "master" && value != "":
			o.MasterName, port = value, "26379"
		case name == "cluster" && value == "1":
			o.IsClusterMode = true
		case name == "sentinel_user":
			o.SentinelUsername = value
		case name == "sentinel_password":
			o.SentinelPassword = value
		case name == "ca" && o.TLSConfig != nil:
			o.TLSConfig.RootCAs, err = authorities(value)
			if err != nil {
				return err
			}
		case name == "pool_size":
			o.PoolSize, err = strconv.Atoi(value)
			if err != nil || o.PoolSize < 1 {
				return errURL
			}
		default:
			return errURL
		}
	}
	for i, addr := range o.Addrs {
		if strings.HasSuffix(addr, ":") {
			o.Addrs[i] = addr + port
		}
	}
	return nil
}
