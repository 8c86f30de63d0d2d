package addresses

import (
	"net/url"
	"slices"
	"sync"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/resolver"

	"dev.platform/interop/internal/etcdtest"
)

// published is a channel that only records what a resolver says.
type published struct {
	resolver.ClientConn
	mutex sync.Mutex
	last  []string
}

func (p *published) UpdateState(state resolver.State) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.last = nil
	for _, endpoint := range state.Endpoints {
		p.last = append(p.last, endpoint.Addresses[0].Addr)
	}
	return nil
}

func (p *published) is(addresses ...string) func() bool {
	return func() bool {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		return slices.Equal(p.last, addresses)
	}
}

func TestAddressesAreListedAndFollowed(t *testing.T) {
	client := etcdtest.Start(t)
	first, err := Register(t.Context(), client, "prices", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Put(t.Context(), "/services/prices-2/127.0.0.1:9", "127.0.0.1:9"); err != nil {
		t.Fatal(err)
	}
	seen := &published{}
	watching, err := NewBuilder(client).Build(target("prices"), seen, resolver.BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watching.Close()
	etcdtest.Eventually(t, "listed", seen.is("127.0.0.1:1"))
	if _, err := Register(t.Context(), client, "prices", "127.0.0.1:2"); err != nil {
		t.Fatal(err)
	}
	etcdtest.Eventually(t, "added", seen.is("127.0.0.1:1", "127.0.0.1:2"))
	if err := first.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	etcdtest.Eventually(t, "removed", seen.is("127.0.0.1:2"))
}

func TestALeaseThatIsLostIsReplaced(t *testing.T) {
	client := etcdtest.Start(t)
	if _, err := Register(t.Context(), client, "prices", "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	leases, err := client.Leases(t.Context())
	if err != nil || len(leases.Leases) != 1 {
		t.Fatalf("got %v, %v", leases, err)
	}
	lost := leases.Leases[0].ID
	if _, err := client.Revoke(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	etcdtest.Eventually(t, "registered under another lease", func() bool {
		found, err := client.Get(t.Context(), Prefix("prices")+"127.0.0.1:1")
		return err == nil && len(found.Kvs) == 1 && clientv3.LeaseID(found.Kvs[0].Lease) != lost
	})
}

func TestATargetThatIsNoNameIsRefused(t *testing.T) {
	for _, name := range []string{"", "a/b"} {
		if _, err := NewBuilder(nil).Build(target(name), &published{}, resolver.BuildOptions{}); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

func target(name string) resolver.Target {
	return resolver.Target{URL: url.URL{Scheme: Scheme, Path: "/" + name}}
}
