// Command plain serves or calls recommendation.v1 with the discovery that teams write by hand: keys
// /services/NAME/ADDRESS whose values are bare addresses.
//
//	plain -etcd http://127.0.0.1:2379 -name prices -serve p-1
//	plain -etcd http://127.0.0.1:2379 -name prices -call 100
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os/signal"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"dev.platform/interop/addresses"
	"dev.platform/interop/recommend"

	recommendationv1 "dev.platform/interop/gen/recommendation/v1"
)

func main() {
	etcd := flag.String("etcd", "http://127.0.0.1:2379", "etcd's endpoints")
	name := flag.String("name", "recommendation-service", "the service")
	product := flag.String("serve", "", "serve, and recommend this product")
	calls := flag.Int("call", 0, "make so many calls")
	flag.Parse()

	client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(*etcd, ","), DialTimeout: 5 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	if *product != "" {
		err = serve(client, *name, *product)
	} else {
		err = call(client, *name, *calls)
	}
	if err = errors.Join(err, client.Close()); err != nil {
		log.Fatal(err)
	}
}

func serve(client *clientv3.Client, name, product string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	recommendationv1.RegisterRecommendationServiceServer(server, &recommend.Server{Product: product})
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	address := listener.Addr().(*net.TCPAddr)
	kept, err := addresses.Register(ctx, client, name, address.String())
	if err != nil {
		return err
	}
	fmt.Printf("listening on address: %s port: %d\n", address.IP, address.Port)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	leaving, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err = kept.Revoke(leaving)
	// Callers hear of it within milliseconds; none must find the port closed.
	time.Sleep(500 * time.Millisecond)
	server.GracefulStop()
	return err
}

func call(client *clientv3.Client, name string, calls int) error {
	conn, err := grpc.NewClient(addresses.Scheme+":///"+name,
		grpc.WithResolvers(addresses.NewBuilder(client)),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`))
	if err != nil {
		return err
	}
	fmt.Print(recommend.Call(context.Background(), conn, calls))
	return conn.Close()
}
