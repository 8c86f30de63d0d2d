// Command gozero serves or calls recommendation.v1 with go-zero's own server, client and discovery.
//
//	gozero -etcd 127.0.0.1:2379 -name recommendation.rpc -serve p-1 -listen 127.0.0.1:50091
//	gozero -etcd 127.0.0.1:2379 -name recommendation.rpc -call 100
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/core/service"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"dev.platform/interop/recommend"

	recommendationv1 "dev.platform/interop/gen/recommendation/v1"
)

func main() {
	etcd := flag.String("etcd", "127.0.0.1:2379", "etcd's endpoints")
	name := flag.String("name", "recommendation.rpc", "the key of the service")
	product := flag.String("serve", "", "serve, and recommend this product")
	listen := flag.String("listen", "127.0.0.1:50091", "where to listen")
	calls := flag.Int("call", 0, "make so many calls")
	flag.Parse()

	logx.Disable()
	discovery := discov.EtcdConf{Hosts: strings.Split(*etcd, ","), Key: *name}
	if *product != "" {
		serve(discovery, *listen, *product)
		return
	}
	if err := call(discovery, *calls); err != nil {
		log.Fatal(err)
	}
}

// serve returns after SIGTERM, when go-zero has revoked its lease and ended its calls.
func serve(discovery discov.EtcdConf, listen, product string) {
	var settings zrpc.RpcServerConf
	if err := conf.FillDefault(&settings); err != nil {
		log.Fatal(err)
	}
	settings.Name = discovery.Key
	settings.Mode = service.TestMode
	settings.ListenOn = listen
	settings.Etcd = discovery
	server := zrpc.MustNewServer(settings, func(server *grpc.Server) {
		recommendationv1.RegisterRecommendationServiceServer(server, &recommend.Server{Product: product})
	})
	defer server.Stop()
	fmt.Printf("listening on address: %s port: %s\n",
		listen[:strings.LastIndex(listen, ":")], listen[strings.LastIndex(listen, ":")+1:])
	server.Start()
}

func call(discovery discov.EtcdConf, calls int) error {
	var settings zrpc.RpcClientConf
	if err := conf.FillDefault(&settings); err != nil {
		return err
	}
	settings.Etcd = discovery
	client, err := zrpc.NewClient(settings)
	if err != nil {
		return err
	}
	fmt.Print(recommend.Call(context.Background(), client.Conn(), calls))
	return client.Conn().Close()
}
