package redis

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	driver "github.com/redis/go-redis/v9"

	"gatehouse/provider"
)

// rateKey of a rate. All rates have one hash tag, so that in a cluster one node has them and one script may take several:
// what a house asks of it is little, since its processes take many at once of what is asked often.
func rateKey(key string) string {
	return "gatehouse:rate:{rates}:" + base64.RawURLEncoding.EncodeToString([]byte(key))
}

// take takes from rates: KEYS the rates; ARGV the time now, then for each rate its burst, its interval, how many at most, when
// the caller knows it to be whole, and how far ahead that may be. Times are in microseconds since 1970, which a number of Lua holds exactly until 2255.
// A value is when the rate is whole; Redis drops it then. The answer is for each rate how many were taken, and when it is whole.
func take() *driver.Script {
	return driver.NewScript(`
		local now, answer = tonumber(ARGV[1]), {}
		for i = 1, #KEYS do
			local burst, every, most = tonumber(ARGV[5*i-3]), tonumber(ARGV[5*i-2]), tonumber(ARGV[5*i-1])
			local known, furthest = tonumber(ARGV[5*i]), tonumber(ARGV[5*i+1])
			local kept = tonumber(redis.call('GET', KEYS[i]) or '0')
			local whole = math.max(kept, known, now)
			if whole > now + furthest then whole = now end
			local got = math.min(burst - math.ceil((whole - now) / every), most)
			if got < 0 then got = 0 end
			whole = whole + got * every
			if whole ~= kept and whole > now then
				redis.call('SET', KEYS[i], string.format('%.0f', whole), 'PX', string.format('%.0f', math.ceil((whole - now) / 1000)))
			end
			answer[2*i-1], answer[2*i] = got, whole
			if got == 0 then break end
		end
		return answer`)
}

// TakeRates takes from each rate in turn, up to the first with nothing left.
func (s *Store) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	keys, args := make([]string, len(takes)), []any{at.UnixMicro()}
	for i, t := range takes {
		keys[i] = rateKey(t.Key)
		args = append(args, t.Burst, max(t.Every.Microseconds(), 1), t.Most, known(t), t.Furthest().Microseconds())
	}
	var told []int64
	err := s.call(ctx, func(ctx context.Context) (err error) {
		told, err = s.take.Run(ctx, s.client, keys, args...).Int64Slice()
		return err
	})
	if err != nil {
		return nil, err
	}
	return answered(told, len(takes))
}

// known is 0 where the caller knows nothing.
func known(t provider.Take) int64 {
	if t.Whole.IsZero() {
		return 0
	}
	return t.Whole.UnixMicro()
}

// answered reads what the script answers.
func answered(told []int64, asked int) ([]provider.Taken, error) {
	if len(told)%2 != 0 || len(told) > 2*asked {
		return nil, fmt.Errorf("redis: %d numbers for %d rates: %w", len(told), asked, provider.ErrUnavailable)
	}
	var all []provider.Taken
	for i := 0; i < len(told); i += 2 {
		all = append(all, provider.Taken{Got: int(told[i]), Whole: time.UnixMicro(told[i+1]).UTC()})
	}
	return all, nil
}
