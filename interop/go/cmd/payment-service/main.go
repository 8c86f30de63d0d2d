// Command payment-service serves payment.v1 in Go, beside instances of payment-app and on their tables.
// It is registered by etcd's endpoints manager, finds the bank by etcd's resolver, and is drained when
// it gets SIGTERM.
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

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/resolver"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"dev.platform/interop/endpoints"
	"dev.platform/interop/payment"

	paymentv1 "dev.platform/interop/gen/payment/v1"
)

const service = "payment-service"

type settings struct {
	listen, etcd, database, bank, collector, zone string
	bankTimeout, drainDelay, drainTimeout         time.Duration
	leaseSeconds                                  int64
}

func main() {
	log.SetFlags(0)
	var given settings
	flag.StringVar(&given.listen, "listen", "127.0.0.1:0", "address to listen on, and to register")
	flag.StringVar(&given.etcd, "etcd", "http://127.0.0.1:2379", "etcd's endpoints")
	flag.StringVar(&given.database, "database", "", "payment-app's database, postgres://user:password@host/name")
	flag.StringVar(&given.bank, "bank", "etcd:///"+endpoints.Target("bank-gateway"), "gRPC's target of the bank")
	flag.StringVar(&given.collector, "collector", "", "where spans are sent, http://host:port; empty for nowhere")
	flag.StringVar(&given.zone, "zone", "", "the zone to register")
	flag.DurationVar(&given.bankTimeout, "bank-timeout", 1500*time.Millisecond, "how long a payment waits for the bank")
	flag.DurationVar(&given.drainDelay, "drain-delay", time.Second, "for how long it serves after its deregistration")
	flag.DurationVar(&given.drainTimeout, "drain-timeout", 30*time.Second, "for how long calls may end after that")
	flag.Int64Var(&given.leaseSeconds, "lease", 10, "seconds for which a crashed process stays registered")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, given); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, given settings) error {
	flush, err := startTracing(ctx, service+"-go", given.collector)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, given.database)
	if err != nil {
		return err
	}
	defer pool.Close()
	etcd, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(given.etcd, ","), DialTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	bank, err := dialBank(given.bank, etcd)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", given.listen)
	if err != nil {
		return err
	}
	serving := health.NewServer()
	server := newServer(serving, payment.NewService(
		payment.NewPostgres(pool), payment.NewGateway(bank, given.bankTimeout)))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	address := listener.Addr().(*net.TCPAddr)
	registration, err := endpoints.Register(ctx, etcd, service, address.String(), metadata(given), given.leaseSeconds)
	if err != nil {
		return err
	}
	fmt.Printf("listening on address: %s port: %d\n", address.IP, address.Port)
	select {
	case <-ctx.Done():
	case err := <-ended:
		return err
	}
	drain(serving, registration, server, given)
	return errors.Join(bank.Close(), etcd.Close(), flush())
}

func metadata(given settings) map[string]string {
	known := map[string]string{
		endpoints.InstanceID: uuid.NewString(),
		endpoints.Version:    "go",
		endpoints.Weight:     "100",
	}
	if given.zone != "" {
		known[endpoints.Zone] = given.zone
	}
	return known
}

func dialBank(target string, etcd *clientv3.Client) (*grpc.ClientConn, error) {
	builder, err := resolver.NewBuilder(etcd)
	if err != nil {
		return nil, err
	}
	return grpc.NewClient(target,
		grpc.WithResolvers(builder),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
		grpc.WithDefaultServiceConfig(`{
			"loadBalancingConfig": [{"round_robin": {}}],
			"healthCheckConfig": {"serviceName": ""},
			"methodConfig": [{
				"name": [{"service": "bank.v1.BankGateway"}],
				"retryPolicy": {"maxAttempts": 2, "initialBackoff": "0.05s", "maxBackoff": "0.05s",
					"backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}
			}]
		}`))
}

func newServer(serving *health.Server, payments *payment.Service) *grpc.Server {
	server := grpc.NewServer(
		grpc.StatsHandler(otelgrpc.NewServerHandler(otelgrpc.WithFilter(isPayment))),
		grpc.ChainUnaryInterceptor(payment.Failures),
		// The platform's clients may ping idle connections, to notice a frozen server within seconds.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}))
	healthv1.RegisterHealthServer(server, serving)
	paymentv1.RegisterPaymentServiceServer(server, payments)
	return server
}

// drain ends in the same order as the platform's applications: no new callers, then no new calls.
func drain(serving *health.Server, registration *endpoints.Registration, server *grpc.Server, given settings) {
	serving.Shutdown()
	leaving, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := registration.Leave(leaving); err != nil {
		log.Printf("the key will expire with its lease: %v", err)
	}
	time.Sleep(given.drainDelay)
	hurry := time.AfterFunc(given.drainTimeout, server.Stop)
	defer hurry.Stop()
	server.GracefulStop()
}
