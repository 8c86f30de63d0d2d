package endpoints

import (
	"context"
	"errors"
	"fmt"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/endpoints"
)

// Instance is what a server in Java or in Go says about itself in etcd.
type Instance struct {
	Address  string
	Metadata map[string]string
}

// Leaving says that the instance takes no new calls, and will be gone soon.
func (i Instance) Leaving() bool {
	status, ok := i.Metadata[Status]
	return ok && status != "UP"
}

// Change of one instance.
type Change struct {
	Key string
	// Instance is nil for one that is gone.
	Instance *Instance
}

// Follow reports all instances below a target, such as Target("prices"), and then each change, until the
// context ends.
func Follow(ctx context.Context, client *clientv3.Client, target string, report func(Change)) error {
	manager, err := endpoints.NewManager(client, target)
	if err != nil {
		return err
	}
	updates, err := manager.NewWatchChannel(ctx)
	if err != nil {
		return err
	}
	for batch := range updates {
		for _, update := range batch {
			change := Change{Key: update.Key}
			if update.Op == endpoints.Add {
				change.Instance = &Instance{Address: update.Endpoint.Addr, Metadata: text(update.Endpoint.Metadata)}
			}
			report(change)
		}
	}
	if ctx.Err() == nil {
		return errors.New("the watch has ended")
	}
	return nil
}

func text(metadata any) map[string]string {
	known := map[string]string{}
	if members, ok := metadata.(map[string]any); ok {
		for key, value := range members {
			known[key] = fmt.Sprint(value)
		}
	}
	return known
}
