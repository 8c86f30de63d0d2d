package addresses

import (
	"context"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/resolver"
)

const listAgainAfter = 500 * time.Millisecond

// Scheme of targets such as addresses:///product-service.
const Scheme = "addresses"

// NewBuilder resolves with this client, which the caller closes.
func NewBuilder(client *clientv3.Client) resolver.Builder {
	return builder{client}
}

type builder struct {
	client *clientv3.Client
}

func (b builder) Scheme() string {
	return Scheme
}

func (b builder) Build(target resolver.Target, conn resolver.ClientConn, _ resolver.BuildOptions) (resolver.Resolver, error) {
	name := strings.TrimPrefix(target.URL.Path, "/")
	if name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("%s (expected: %s:///NAME)", target.URL.String(), Scheme)
	}
	ctx, cancel := context.WithCancel(context.Background())
	watching := &watching{
		client: b.client, prefix: Prefix(name), conn: conn, cancel: cancel, done: make(chan struct{}),
	}
	go watching.run(ctx)
	return watching, nil
}

type watching struct {
	client *clientv3.Client
	prefix string
	conn   resolver.ClientConn
	cancel context.CancelFunc
	done   chan struct{}
}

func (w *watching) ResolveNow(resolver.ResolveNowOptions) {}

func (w *watching) Close() {
	w.cancel()
	<-w.done
}

func (w *watching) run(ctx context.Context) {
	defer close(w.done)
	for ctx.Err() == nil {
		if err := w.listAndWatch(ctx); err != nil && ctx.Err() == nil {
			log.Printf("%s: %v; listing again", w.prefix, err)
			select {
			case <-ctx.Done():
			case <-time.After(listAgainAfter):
			}
		}
	}
}

// listAndWatch returns when the watch has ended, for whatever reason.
func (w *watching) listAndWatch(ctx context.Context) error {
	listed, err := w.client.Get(ctx, w.prefix, clientv3.WithPrefix())
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, kv := range listed.Kvs {
		known[string(kv.Key)] = string(kv.Value)
	}
	w.publish(known)
	events := w.client.Watch(clientv3.WithRequireLeader(ctx), w.prefix,
		clientv3.WithPrefix(), clientv3.WithRev(listed.Header.Revision+1))
	for answer := range events {
		if err := answer.Err(); err != nil {
			return err
		}
		for _, event := range answer.Events {
			if event.Type == clientv3.EventTypeDelete {
				delete(known, string(event.Kv.Key))
			} else {
				known[string(event.Kv.Key)] = string(event.Kv.Value)
			}
		}
		w.publish(known)
	}
	return ctx.Err()
}

func (w *watching) publish(known map[string]string) {
	endpoints := make([]resolver.Endpoint, 0, len(known))
	for _, address := range slices.Sorted(maps.Values(known)) {
		endpoints = append(endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	if err := w.conn.UpdateState(resolver.State{Endpoints: endpoints}); err != nil {
		log.Printf("%s: %d addresses: %v", w.prefix, len(known), err)
	}
}
