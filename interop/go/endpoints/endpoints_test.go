package endpoints

import (
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"

	"dev.platform/interop/internal/etcdtest"
)

func TestAnEndpointHasItsMetadata(t *testing.T) {
	client := etcdtest.Start(t)
	registration, err := Register(t.Context(), client, "prices", "127.0.0.1:1", map[string]string{Zone: "z1"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	value := etcdtest.Get(t, client, "/services/prices/127.0.0.1:1")
	if value != `{"Op":0,"Addr":"127.0.0.1:1","Metadata":{"zone":"z1"}}` {
		t.Errorf("got %s", value)
	}
	if err := registration.Leave(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnEndpointThatLeavesIsMarkedFirst(t *testing.T) {
	client := etcdtest.Start(t)
	registration, err := Register(t.Context(), client, "prices", "127.0.0.1:1",
		map[string]string{Zone: "z1", Status: "UP"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	events := client.Watch(t.Context(), "/services/prices/", clientv3.WithPrefix())
	if err := registration.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seen []*clientv3.Event
	for len(seen) < 2 {
		seen = append(seen, (<-events).Events...)
	}
	mark := string(seen[0].Kv.Value)
	if !strings.Contains(mark, `"status":"OUT_OF_SERVICE"`) || !strings.Contains(mark, `"zone":"z1"`) {
		t.Errorf("marked with %s", mark)
	}
	if seen[1].Type != clientv3.EventTypeDelete {
		t.Errorf("then %s", seen[1].Type)
	}
}
