package kratosetcd

import (
	"testing"

	"github.com/go-kratos/kratos/v2/registry"

	"dev.platform/interop/internal/etcdtest"
)

func TestInstancesAreListedAndFollowed(t *testing.T) {
	client := etcdtest.Start(t)
	kratos := New(client)
	instance := &registry.ServiceInstance{
		ID: "8f2c", Name: "greeter", Version: "v1", Endpoints: []string{"grpc://127.0.0.1:9000"},
	}
	if err := kratos.Register(t.Context(), instance); err != nil {
		t.Fatal(err)
	}
	if etcdtest.Get(t, client, "/microservices/greeter/8f2c") == "" {
		t.Fatal("there is no key /microservices/greeter/8f2c")
	}
	if _, err := client.Put(t.Context(), "/microservices/greeter/broken", "{"); err != nil {
		t.Fatal(err)
	}
	watcher, err := kratos.Watch(t.Context(), "greeter")
	if err != nil {
		t.Fatal(err)
	}
	first, err := watcher.Next()
	if err != nil || len(first) != 1 || !first[0].Equal(instance) {
		t.Fatalf("got %v, %v", first, err)
	}
	if err := kratos.Deregister(t.Context(), instance); err != nil {
		t.Fatal(err)
	}
	second, err := watcher.Next()
	if err != nil || len(second) != 0 {
		t.Fatalf("got %v, %v", second, err)
	}
	if err := watcher.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := watcher.Next(); err == nil {
		t.Error("a watcher that was stopped goes on")
	}
}
