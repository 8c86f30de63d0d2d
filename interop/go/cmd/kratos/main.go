// Command kratos serves or calls recommendation.v1 with Kratos's own application, server and client.
//
//	kratos -etcd http://127.0.0.1:2379 -name recommendation-service -serve p-1
//	kratos -etcd http://127.0.0.1:2379 -name recommendation-service -call 100
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/go-kratos/kratos/v2"
	kratoslog "github.com/go-kratos/kratos/v2/log"
	kratosgrpc "github.com/go-kratos/kratos/v2/transport/grpc"
	clientv3 "go.etcd.io/etcd/client/v3"

	"dev.platform/interop/kratosetcd"
	"dev.platform/interop/recommend"

	recommendationv1 "dev.platform/interop/gen/recommendation/v1"
)

func main() {
	etcd := flag.String("etcd", "http://127.0.0.1:2379", "etcd's endpoints")
	name := flag.String("name", "recommendation-service", "the service")
	product := flag.String("serve", "", "serve, and recommend this product")
	calls := flag.Int("call", 0, "make so many calls")
	flag.Parse()

	kratoslog.SetLogger(kratoslog.NewStdLogger(io.Discard))
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

// serve returns after SIGTERM, when Kratos has deregistered it and ended its calls.
func serve(client *clientv3.Client, name, product string) error {
	server := kratosgrpc.NewServer(kratosgrpc.Address("127.0.0.1:0"))
	recommendationv1.RegisterRecommendationServiceServer(server, &recommend.Server{Product: product})
	endpoint, err := server.Endpoint()
	if err != nil {
		return err
	}
	fmt.Printf("listening on address: %s port: %s\n", endpoint.Hostname(), endpoint.Port())
	return kratos.New(
		kratos.Name(name),
		kratos.Version("kratos"),
		kratos.Metadata(map[string]string{"zone": "z-kratos"}),
		kratos.Server(server),
		kratos.Registrar(kratosetcd.New(client)),
	).Run()
}

func call(client *clientv3.Client, name string, calls int) error {
	conn, err := kratosgrpc.DialInsecure(context.Background(),
		kratosgrpc.WithEndpoint("discovery:///"+name),
		kratosgrpc.WithDiscovery(kratosetcd.New(client)),
		kratosgrpc.WithPrintDiscoveryDebugLog(false))
	if err != nil {
		return err
	}
	fmt.Print(recommend.Call(context.Background(), conn, calls))
	return conn.Close()
}
