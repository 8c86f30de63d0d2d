// Command order places orders in the mall and follows each to its end.
//
//	order -target 127.0.0.1:50051 -user ada -product p-1
//	order -target etcd:////services/order-service -etcd http://127.0.0.1:2379
//
// Its exit code is 0 only if all orders were completed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/resolver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"dev.platform/interop/order"

	orderv1 "dev.platform/interop/gen/order/v1"
)

const followTimeout = 90 * time.Second

func main() {
	log.SetFlags(0)
	target := flag.String("target", "127.0.0.1:50051", "host:port, or etcd:////services/order-service")
	etcd := flag.String("etcd", "http://127.0.0.1:2379", "etcd's endpoints, for a target of etcd")
	user := flag.String("user", "ada", "who orders")
	product := flag.String("product", "p-1", "what is ordered")
	quantity := flag.Int("quantity", 1, "how many pieces")
	count := flag.Int("count", 1, "how many orders, one after the other")
	follow := flag.Bool("follow", true, "whether each order is followed to its end")
	flag.Parse()

	conn, err := dial(*target, strings.Split(*etcd, ","))
	if err != nil {
		log.Fatal(err)
	}
	client := order.NewClient(conn)
	request := &orderv1.CreateOrderRequest{
		UserId: *user,
		Items:  []*orderv1.OrderItem{{ProductId: *product, Quantity: int32(*quantity)}},
	}
	failed := 0
	for range *count {
		if err := place(client, request, *follow); err != nil {
			failed++
			report(err)
		}
	}
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func dial(target string, etcd []string) (*grpc.ClientConn, error) {
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`),
	}
	if strings.HasPrefix(target, "etcd:") {
		client, err := clientv3.New(clientv3.Config{Endpoints: etcd, DialTimeout: 5 * time.Second})
		if err != nil {
			return nil, err
		}
		builder, err := resolver.NewBuilder(client)
		if err != nil {
			return nil, err
		}
		options = append(options, grpc.WithResolvers(builder))
	}
	return grpc.NewClient(target, options...)
}

func place(client *order.Client, request *orderv1.CreateOrderRequest, follow bool) error {
	placed, err := client.Place(context.Background(), request)
	if err != nil {
		return err
	}
	fmt.Printf("order %s %s\n", placed.GetOrderId(), placed.GetStatus())
	if !follow {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), followTimeout)
	defer cancel()
	last, err := client.Watch(ctx, placed.GetOrderId(), func(event *orderv1.OrderEvent) {
		fmt.Printf("%d %s %s\n", event.GetSequence(), event.GetStatus(), event.GetMessage())
	})
	if err == nil && last.GetStatus() != orderv1.OrderStatus_ORDER_STATUS_COMPLETED {
		return fmt.Errorf("the order ended as %s", last.GetStatus())
	}
	return err
}

func report(err error) {
	fmt.Println("failed", err)
	var refusal *order.Refusal
	if !errors.As(err, &refusal) {
		return
	}
	if refusal.RetryAfter > 0 {
		fmt.Println("retry after", refusal.RetryAfter)
	}
	for field, problem := range refusal.Fields {
		fmt.Printf("field %s: %s\n", field, problem)
	}
	for _, other := range refusal.Others {
		fmt.Println("detail", other)
	}
}
