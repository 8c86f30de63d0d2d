package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"
	etcdresolver "go.etcd.io/etcd/client/v3/naming/resolver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/resolver"

	"dev.platform/interop/addresses"
	"dev.platform/interop/endpoints"
)

// watch holds a channel with round_robin, and prints what its resolver hands to it.
func watch(ctx context.Context, client *clientv3.Client, style, service string) error {
	builder, target, err := discovery(client, style, service)
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient(target,
		grpc.WithResolvers(printing{builder}),
		grpc.WithIdleTimeout(0),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`))
	if err != nil {
		return err
	}
	conn.Connect()
	<-ctx.Done()
	return conn.Close()
}

func discovery(client *clientv3.Client, style, service string) (resolver.Builder, string, error) {
	if style == styleByHand {
		return addresses.NewBuilder(client), addresses.Scheme + ":///" + service, nil
	}
	builder, err := etcdresolver.NewBuilder(client)
	return builder, "etcd:///" + endpoints.Target(service), err
}

// printing prints each state that a resolver hands to its channel.
type printing struct {
	resolver.Builder
}

func (p printing) Build(target resolver.Target, conn resolver.ClientConn,
	options resolver.BuildOptions) (resolver.Resolver, error) {
	return p.Builder.Build(target, printingConn{conn}, options)
}

type printingConn struct {
	resolver.ClientConn
}

func (c printingConn) UpdateState(state resolver.State) error {
	var listed []string
	for _, endpoint := range state.Endpoints {
		for _, address := range endpoint.Addresses {
			listed = append(listed, address.Addr)
		}
	}
	slices.Sort(listed)
	fmt.Println("list", strings.Join(listed, " "))
	return c.ClientConn.UpdateState(state)
}

func (c printingConn) ReportError(err error) {
	fmt.Println("error", err)
	c.ClientConn.ReportError(err)
}
