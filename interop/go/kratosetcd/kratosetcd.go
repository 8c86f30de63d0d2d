// Package kratosetcd is a registry of Kratos in etcd, with the keys and values of Kratos's own:
// /microservices/NAME/ID with the JSON of an instance, under a lease of fifteen seconds. It is written
// anew, since Kratos's own module is not available where these programs are built.
package kratosetcd

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"sync"

	"github.com/go-kratos/kratos/v2/registry"
	clientv3 "go.etcd.io/etcd/client/v3"

	"dev.platform/interop/lease"
)

const leaseSeconds = 15

// Registry registers and discovers. Safe for concurrent use.
type Registry struct {
	client *clientv3.Client
	root   string
	mutex  sync.Mutex
	kept   map[string]*lease.Kept
}

var (
	_ registry.Registrar = (*Registry)(nil)
	_ registry.Discovery = (*Registry)(nil)
)

// New uses this client, which the caller closes.
func New(client *clientv3.Client) *Registry {
	return &Registry{client: client, root: "/microservices/", kept: map[string]*lease.Kept{}}
}

// Register puts an instance, and keeps it.
func (r *Registry) Register(ctx context.Context, instance *registry.ServiceInstance) error {
	value, err := json.Marshal(instance)
	if err != nil {
		return err
	}
	kept, err := lease.Keep(ctx, r.client, leaseSeconds, func(ctx context.Context, id clientv3.LeaseID) error {
		_, err := r.client.Put(ctx, r.key(instance), string(value), clientv3.WithLease(id))
		return err
	})
	if err != nil {
		return err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.kept[r.key(instance)] = kept
	return nil
}

// Deregister removes an instance.
func (r *Registry) Deregister(ctx context.Context, instance *registry.ServiceInstance) error {
	r.mutex.Lock()
	kept := r.kept[r.key(instance)]
	delete(r.kept, r.key(instance))
	r.mutex.Unlock()
	if kept == nil {
		return fmt.Errorf("%s is not registered", instance)
	}
	return kept.Revoke(ctx)
}

func (r *Registry) key(instance *registry.ServiceInstance) string {
	return r.prefix(instance.Name) + instance.ID
}

func (r *Registry) prefix(name string) string {
	return r.root + name + "/"
}

// GetService lists a service's instances.
func (r *Registry) GetService(ctx context.Context, name string) ([]*registry.ServiceInstance, error) {
	instances, _, err := r.list(ctx, name)
	return instances, err
}

func (r *Registry) list(ctx context.Context, name string) ([]*registry.ServiceInstance, int64, error) {
	listed, err := r.client.Get(ctx, r.prefix(name), clientv3.WithPrefix())
	if err != nil {
		return nil, 0, err
	}
	var instances []*registry.ServiceInstance
	for _, kv := range listed.Kvs {
		instance := &registry.ServiceInstance{}
		if err := json.Unmarshal(kv.Value, instance); err != nil {
			log.Printf("%s is skipped: %v", kv.Key, err)
			continue
		}
		instances = append(instances, instance)
	}
	return instances, listed.Header.Revision, nil
}

// Watch follows a service.
func (r *Registry) Watch(ctx context.Context, name string) (registry.Watcher, error) {
	ctx, cancel := context.WithCancel(ctx)
	return &watcher{registry: r, name: name, ctx: ctx, cancel: cancel}, nil
}

type watcher struct {
	registry *Registry
	name     string
	ctx      context.Context
	cancel   context.CancelFunc
	events   clientv3.WatchChan
}

// Next returns the instances: at first those there are, then those there are after each change.
func (w *watcher) Next() ([]*registry.ServiceInstance, error) {
	if w.events == nil {
		return w.first()
	}
	answer, ok := <-w.events
	if w.ctx.Err() != nil {
		return nil, w.ctx.Err()
	}
	if !ok || answer.Err() != nil {
		return w.first()
	}
	return w.registry.GetService(w.ctx, w.name)
}

func (w *watcher) first() ([]*registry.ServiceInstance, error) {
	instances, revision, err := w.registry.list(w.ctx, w.name)
	if err != nil {
		return nil, err
	}
	w.events = w.registry.client.Watch(w.ctx, w.registry.prefix(w.name),
		clientv3.WithPrefix(), clientv3.WithRev(revision+1))
	return instances, nil
}

// Stop ends it.
func (w *watcher) Stop() error {
	w.cancel()
	return nil
}
