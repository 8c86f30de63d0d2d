// Command instances follows a service in etcd, and prints a line for each instance and each change: its
// address, whether it is up, leaving or gone, what its health service answers, and its metadata.
//
//	instances -etcd http://127.0.0.1:2379 -target /services/payment-service -for 10s
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"dev.platform/interop/endpoints"
)

const healthTimeout = 2 * time.Second

func main() {
	etcd := flag.String("etcd", "http://127.0.0.1:2379", "etcd's endpoints")
	target := flag.String("target", endpoints.Target("payment-service"), "the prefix of the service's keys, without a slash at its end")
	duration := flag.Duration("for", time.Second, "for how long")
	flag.Parse()

	client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(*etcd, ","), DialTimeout: 5 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *duration)
	defer cancel()
	err = endpoints.Follow(ctx, client, *target, func(change endpoints.Change) { fmt.Println(describe(change)) })
	if err = errors.Join(err, client.Close()); err != nil {
		log.Fatal(err)
	}
}

func describe(change endpoints.Change) string {
	if change.Instance == nil {
		return change.Key + " gone"
	}
	state := "up"
	if change.Instance.Leaving() {
		state = "leaving"
	}
	line := fmt.Sprintf("%s %s %s", change.Instance.Address, state, health(change.Instance.Address))
	for _, key := range slices.Sorted(maps.Keys(change.Instance.Metadata)) {
		line += fmt.Sprintf(" %s=%s", key, change.Instance.Metadata[key])
	}
	return line
}

func health(address string) string {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err.Error()
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	answer, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
	if err != nil {
		return status.Code(err).String()
	}
	return answer.GetStatus().String()
}
