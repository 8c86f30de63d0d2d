// Command peer is an instance or a watcher of a service, for the scripts of trouble of `interop/run peers`.
// It registers or watches as STYLE says, and leaves in order with SIGTERM. A watcher prints a line with its
// list, and another one whenever the list changes:
//
//	peer STYLE instance ETCD SERVICE ADDRESS TTL_SECONDS
//	peer STYLE watcher  ETCD SERVICE
//
// Styles: etcd (etcd's endpoints manager and resolver, as their documentation uses them), etcd-kept (the
// same, with a lease that is replaced when it is lost, and with keep-alive), by-hand (package addresses).
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	styleEtcd     = "etcd"
	styleEtcdKept = "etcd-kept"
	styleByHand   = "by-hand"

	leaveTimeout = 3 * time.Second
)

func main() {
	if len(os.Args) < 5 {
		log.Fatal("usage: peer STYLE (instance | watcher) ETCD SERVICE [ADDRESS TTL_SECONDS]")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	printVersions()
	style, role, etcd, service := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	client, err := clientv3.New(config(style, etcd))
	if err != nil {
		log.Fatal(err)
	}
	switch {
	case role == "watcher":
		err = watch(ctx, client, style, service)
	case role == "instance" && len(os.Args) == 7:
		err = beInstance(ctx, client, style, service, os.Args[5], os.Args[6])
	default:
		err = fmt.Errorf("%s (expected: instance or watcher)", role)
	}
	if err = errors.Join(err, client.Close()); err != nil {
		log.Fatal(err)
	}
}

func config(style, etcd string) clientv3.Config {
	config := clientv3.Config{Endpoints: strings.Split(etcd, ","), DialTimeout: 5 * time.Second}
	if style != styleEtcd {
		config.DialKeepAliveTime = 10 * time.Second
		config.DialKeepAliveTimeout = 3 * time.Second
	}
	return config
}

func beInstance(ctx context.Context, client *clientv3.Client, style, service, address, ttl string) error {
	seconds, err := strconv.ParseInt(ttl, 10, 64)
	if err != nil {
		return err
	}
	leave, err := register(ctx, client, style, service, address, seconds)
	if err != nil {
		return err
	}
	<-ctx.Done()
	leaving, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	return leave(leaving)
}

func printVersions() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	var versions []string
	for _, dependency := range info.Deps {
		switch dependency.Path {
		case "go.etcd.io/etcd/client/v3", "google.golang.org/grpc":
			versions = append(versions, dependency.Path+" "+dependency.Version)
		}
	}
	fmt.Printf("version %s, %s\n", strings.Join(versions, ", "), info.GoVersion)
}
