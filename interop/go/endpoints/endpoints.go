// Package endpoints registers a server with etcd's own endpoints manager, with the metadata and the mark
// of departure that the platform's readers know.
package endpoints

import (
	"context"
	"fmt"
	"maps"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/endpoints"

	"dev.platform/interop/lease"
)

// The metadata that the platform gives a meaning to; all of it is optional, and further keys are kept.
const (
	// InstanceID is unique for each start of a process.
	InstanceID = "instance-id"
	// Zone is where it runs; callers of the same zone prefer it.
	Zone = "zone"
	// Version of the application.
	Version = "version"
	// Weight is its share of calls, "100" by default.
	Weight = "weight"
	// Status is absent, or UP, for an instance that takes calls.
	Status = "status"
)

// OutOfService as the Status says that the instance is leaving: no new calls, and its end is no crash.
const OutOfService = "OUT_OF_SERVICE"

// Registration is one address of one service.
type Registration struct {
	manager  endpoints.Manager
	key      string
	address  string
	metadata map[string]string
	kept     *lease.Kept
}

// Target is what the endpoints manager and etcd's resolver search below.
func Target(service string) string {
	return "/services/" + service
}

// Register adds the endpoint and keeps it under a lease of so many seconds.
func Register(ctx context.Context, client *clientv3.Client, service, address string,
	metadata map[string]string, leaseSeconds int64) (*Registration, error) {
	manager, err := endpoints.NewManager(client, Target(service))
	if err != nil {
		return nil, err
	}
	registration := &Registration{
		manager:  manager,
		key:      Target(service) + "/" + address,
		address:  address,
		metadata: metadata,
	}
	registration.kept, err = lease.Keep(ctx, client, leaseSeconds, registration.put)
	if err != nil {
		return nil, fmt.Errorf("%s is not registered: %w", registration.key, err)
	}
	return registration, nil
}

func (r *Registration) put(ctx context.Context, id clientv3.LeaseID) error {
	return r.add(ctx, r.metadata, id)
}

// Leave marks the endpoint, so that readers can tell a departure from a crash, and removes it.
func (r *Registration) Leave(ctx context.Context) error {
	return r.kept.Revoke(ctx, r.mark)
}

func (r *Registration) mark(ctx context.Context, id clientv3.LeaseID) error {
	leaving := map[string]string{}
	maps.Copy(leaving, r.metadata)
	leaving[Status] = OutOfService
	return r.add(ctx, leaving, id)
}

func (r *Registration) add(ctx context.Context, metadata map[string]string, id clientv3.LeaseID) error {
	endpoint := endpoints.Endpoint{Addr: r.address, Metadata: metadata}
	return r.manager.AddEndpoint(ctx, r.key, endpoint, clientv3.WithLease(id))
}
