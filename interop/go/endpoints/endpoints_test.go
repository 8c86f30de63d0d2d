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

func TestInstancesAreFollowedFromTheirListToTheirEnd(t *testing.T) {
	client := etcdtest.Start(t)
	registration, err := Register(t.Context(), client, "prices", "127.0.0.1:1", map[string]string{Zone: "z1"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	changes := make(chan Change, 10)
	go func() {
		if err := Follow(t.Context(), client, Target("prices"), func(change Change) { changes <- change }); err != nil {
			t.Error(err)
		}
	}()
	first := <-changes
	if first.Instance == nil || first.Instance.Metadata[Zone] != "z1" || first.Instance.Leaving() {
		t.Errorf("first %+v", first.Instance)
	}
	if err := registration.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if marked := <-changes; marked.Instance == nil || !marked.Instance.Leaving() {
		t.Errorf("then %+v", marked.Instance)
	}
	if gone := <-changes; gone.Instance != nil || gone.Key != "/services/prices/127.0.0.1:1" {
		t.Errorf("at last %+v", gone)
	}
}
