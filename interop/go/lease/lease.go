// Package lease keeps something in etcd under a lease for as long as a process wants it.
package lease

import (
	"context"
	"errors"
	"log"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	requestTimeout = 3 * time.Second
	retryDelay     = 500 * time.Millisecond
)

// Put writes keys under a lease. It is called again, with another lease, whenever the first is lost.
type Put func(ctx context.Context, id clientv3.LeaseID) error

// Kept is a lease that is renewed until Revoke.
type Kept struct {
	client *clientv3.Client
	ttl    int64
	put    Put
	cancel context.CancelFunc
	done   chan struct{}
	// Written by run until done is closed, then by Revoke.
	id clientv3.LeaseID
}

// Keep grants a lease of so many seconds, puts what belongs under it, and keeps both. It returns when
// the first put has succeeded.
func Keep(ctx context.Context, client *clientv3.Client, seconds int64, put Put) (*Kept, error) {
	running, cancel := context.WithCancel(context.Background())
	kept := &Kept{client: client, ttl: seconds, put: put, cancel: cancel, done: make(chan struct{})}
	alive, err := kept.grant(ctx, running)
	if err != nil {
		cancel()
		return nil, err
	}
	go kept.run(running, alive)
	return kept, nil
}

// Revoke ends the lease, and with it all its keys, after last puts under it.
func (k *Kept) Revoke(ctx context.Context, last ...Put) error {
	k.cancel()
	<-k.done
	var failures []error
	for _, put := range last {
		failures = append(failures, put(ctx, k.id))
	}
	_, err := k.client.Revoke(ctx, k.id)
	return errors.Join(append(failures, err)...)
}

func (k *Kept) run(ctx context.Context, alive <-chan *clientv3.LeaseKeepAliveResponse) {
	defer close(k.done)
	for ctx.Err() == nil {
		for range alive {
			// Each answer renews it; the channel is closed when the lease is lost.
		}
		alive = k.grantAgain(ctx)
	}
}

func (k *Kept) grantAgain(ctx context.Context) <-chan *clientv3.LeaseKeepAliveResponse {
	for ctx.Err() == nil {
		alive, err := k.grant(ctx, ctx)
		if err == nil {
			log.Printf("lease %x replaces one that was lost", k.id)
			return alive
		}
		log.Printf("no lease: %v", err)
		select {
		case <-ctx.Done():
		case <-time.After(retryDelay):
		}
	}
	return nil
}

func (k *Kept) grant(ctx, running context.Context) (<-chan *clientv3.LeaseKeepAliveResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	granted, err := k.client.Grant(ctx, k.ttl)
	if err != nil {
		return nil, err
	}
	k.id = granted.ID
	if err := k.put(ctx, granted.ID); err != nil {
		_, revoked := k.client.Revoke(ctx, granted.ID)
		return nil, errors.Join(err, revoked)
	}
	return k.client.KeepAlive(running, granted.ID)
}
