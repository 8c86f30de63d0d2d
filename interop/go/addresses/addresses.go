// Package addresses is the discovery that most teams write by hand: the key /services/NAME/ADDRESS has
// the bare address as its value, under a lease of ten seconds. Clients list the keys, then watch them.
package addresses

import (
	"context"

	clientv3 "go.etcd.io/etcd/client/v3"

	"dev.platform/interop/lease"
)

// LeaseSeconds is how long a server that has crashed stays listed.
const LeaseSeconds = 10

// Prefix of all keys of a service.
func Prefix(name string) string {
	return "/services/" + name + "/"
}

// Register puts an address and keeps it; Revoke of the result removes it.
func Register(ctx context.Context, client *clientv3.Client, name, address string) (*lease.Kept, error) {
	return lease.Keep(ctx, client, LeaseSeconds, func(ctx context.Context, id clientv3.LeaseID) error {
		_, err := client.Put(ctx, Prefix(name)+address, address, clientv3.WithLease(id))
		return err
	})
}
