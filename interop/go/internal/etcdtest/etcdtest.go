// Package etcdtest starts a real etcd for a test.
package etcdtest

import (
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const startLimit = 15 * time.Second

// Start returns a client of an etcd that ends with the test. Without an etcd on the PATH the test is
// skipped.
func Start(t *testing.T) *clientv3.Client {
	t.Helper()
	binary, err := exec.LookPath("etcd")
	if err != nil {
		t.Skip("skipped: no etcd on the PATH; get it with `apt-get install etcd-server`")
	}
	clients, peers := "http://"+freeAddress(t), "http://"+freeAddress(t)
	command := exec.Command(binary, "--data-dir", t.TempDir(), "--log-level", "error",
		"--listen-client-urls", clients, "--advertise-client-urls", clients,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
		"--initial-cluster", "default="+peers)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = command.Wait() // Says that it was killed.
	})
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{clients}, DialTimeout: startLimit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	Eventually(t, "etcd answers", func() bool {
		_, err := client.Get(t.Context(), "/")
		return err == nil
	})
	return client
}

// Eventually waits for a condition.
func Eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within %s: %s", startLimit, what)
}

// Get returns the value of a key; empty if there is none.
func Get(t *testing.T, client *clientv3.Client, key string) string {
	t.Helper()
	found, err := client.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Kvs) == 0 {
		return ""
	}
	return string(found.Kvs[0].Value)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return fmt.Sprintf("127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port)
}
