package redis

import (
	"context"
	"fmt"
	"strings"
	"sync"

	driver "github.com/redis/go-redis/v9"

	"gatehouse/storage/doctor"
)

// Examine asks Redis how it is set up, each server of a cluster, and answers what will make people start again. That it
// persists nothing is fine. It asks INFO only, which also servers answer that let nobody CONFIG.
func Examine(ctx context.Context, text string) ([]doctor.Finding, error) {
	how, err := configure(text)
	if err != nil {
		return nil, err
	}
	client := driver.NewUniversalClient(how)
	defer func() { _ = client.Close() }()
	told, err := informed(ctx, client)
	if err != nil {
		return []doctor.Finding{{
			What: "redis", Found: "Redis does not answer: " + fault(err).Error(),
			Mend: "see that it runs and that its URL is right; until then ceremonies are kept in the database",
		}}, nil
	}
	var found []doctor.Finding
	for _, info := range told {
		found = append(found, judge(info)...)
	}
	return found, nil
}

// informed is the INFO of every server that may keep ceremonies.
func informed(ctx context.Context, client driver.UniversalClient) ([]map[string]string, error) {
	cluster, ok := client.(*driver.ClusterClient)
	if !ok {
		text, err := client.Info(ctx).Result()
		return []map[string]string{parse(text)}, err
	}
	var mutex sync.Mutex
	var all []map[string]string
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, one *driver.Client) error {
		text, err := one.Info(ctx).Result()
		mutex.Lock()
		defer mutex.Unlock()
		all = append(all, parse(text))
		return err
	})
	return all, err
}

// parse reads the lines name:value of INFO.
func parse(text string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok {
			info[name] = value
		}
	}
	return info
}

func judge(info map[string]string) (found []doctor.Finding) {
	policy := info["maxmemory_policy"]
	if limit := info["maxmemory"]; limit != "" && limit != "0" && policy != "" && policy != "noeviction" {
		found = append(found, doctor.Finding{
			What: "redis", Found: fmt.Sprintf("Redis evicts what is in use when it has no more room (maxmemory-policy %s): people who sign in must start again", policy),
			Mend: "set maxmemory-policy to noeviction, and give Redis room: about 4 KB for each sign-in of the last day",
		})
	}
	if info["role"] == "slave" {
		found = append(found, doctor.Finding{
			What: "redis", Found: "the Redis that answers is a replica and takes no writes: ceremonies are kept in the database",
			Mend: "name the primary, or the Sentinels with ?master=NAME",
		})
	}
	return found
}
