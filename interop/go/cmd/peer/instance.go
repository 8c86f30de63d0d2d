package main

import (
	"context"
	"errors"
	"log"

	clientv3 "go.etcd.io/etcd/client/v3"
	etcdendpoints "go.etcd.io/etcd/client/v3/naming/endpoints"

	"dev.platform/interop/addresses"
	"dev.platform/interop/endpoints"
)

type leaveFunc func(context.Context) error

func register(ctx context.Context, client *clientv3.Client, style, service, address string,
	ttl int64) (leaveFunc, error) {
	switch style {
	case styleEtcdKept:
		registration, err := endpoints.Register(ctx, client, service, address, nil, ttl)
		if err != nil {
			return nil, err
		}
		return registration.Leave, nil
	case styleByHand:
		kept, err := addresses.Register(ctx, client, service, address)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error { return kept.Revoke(ctx) }, nil
	default:
		return registerAsDocumented(ctx, client, endpoints.Target(service), address, ttl)
	}
}

// registerAsDocumented is the example of etcd's package naming, with the client's KeepAlive.
func registerAsDocumented(ctx context.Context, client *clientv3.Client, target, address string,
	ttl int64) (leaveFunc, error) {
	manager, err := etcdendpoints.NewManager(client, target)
	if err != nil {
		return nil, err
	}
	granted, err := client.Grant(ctx, ttl)
	if err != nil {
		return nil, err
	}
	key := target + "/" + address
	endpoint := etcdendpoints.Endpoint{Addr: address}
	if err := manager.AddEndpoint(ctx, key, endpoint, clientv3.WithLease(granted.ID)); err != nil {
		return nil, err
	}
	alive, err := client.KeepAlive(ctx, granted.ID)
	if err != nil {
		return nil, err
	}
	go func() {
		for range alive {
			// Answers must be read.
		}
		log.Print("the lease is no longer kept alive")
	}()
	return func(ctx context.Context) error {
		deleted := manager.DeleteEndpoint(ctx, key)
		_, revoked := client.Revoke(ctx, granted.ID)
		return errors.Join(deleted, revoked)
	}, nil
}
