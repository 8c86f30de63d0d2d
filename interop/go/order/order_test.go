package order

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/durationpb"

	orderv1 "dev.platform/interop/gen/order/v1"
)

type server struct {
	orderv1.UnimplementedOrderServiceServer
	budget time.Duration
	fail   error
}

func (s *server) CreateOrder(ctx context.Context, _ *orderv1.CreateOrderRequest) (*orderv1.CreateOrderResponse, error) {
	deadline, _ := ctx.Deadline()
	s.budget = time.Until(deadline)
	if s.fail != nil {
		return nil, s.fail
	}
	return &orderv1.CreateOrderResponse{OrderId: "o-1", Status: orderv1.OrderStatus_ORDER_STATUS_PAID}, nil
}

func (s *server) WatchOrder(request *orderv1.WatchOrderRequest, events grpc.ServerStreamingServer[orderv1.OrderEvent]) error {
	for i := range int64(4) {
		event := &orderv1.OrderEvent{OrderId: request.GetOrderId(), Status: orderv1.OrderStatus(i + 1), Sequence: i + 1}
		if err := events.Send(event); err != nil {
			return err
		}
	}
	return s.fail
}

func client(t *testing.T, server *server) *Client {
	t.Helper()
	listener := bufconn.Listen(1 << 16)
	running := grpc.NewServer()
	orderv1.RegisterOrderServiceServer(running, server)
	go func() { _ = running.Serve(listener) }()
	t.Cleanup(running.Stop)
	conn, err := grpc.NewClient("passthrough:///orders",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return NewClient(conn)
}

func TestAnOrderHasADeadlineOfFiveSeconds(t *testing.T) {
	orders := &server{}
	answer, err := client(t, orders).Place(t.Context(), &orderv1.CreateOrderRequest{UserId: "ada"})
	if err != nil || answer.GetOrderId() != "o-1" {
		t.Fatalf("got %v, %v", answer, err)
	}
	if orders.budget <= 4*time.Second || orders.budget > CreateTimeout {
		t.Errorf("the server has %s (expected: a little less than %s)", orders.budget, CreateTimeout)
	}
}

func TestEventsAreReadToTheEnd(t *testing.T) {
	var seen []orderv1.OrderStatus
	last, err := client(t, &server{}).Watch(t.Context(), "o-1", func(event *orderv1.OrderEvent) {
		seen = append(seen, event.GetStatus())
	})
	if err != nil || len(seen) != 4 || last.GetStatus() != orderv1.OrderStatus_ORDER_STATUS_COMPLETED {
		t.Fatalf("got %v, last %v, %v", seen, last, err)
	}
}

func TestABrokenStreamIsNoEnd(t *testing.T) {
	last, err := client(t, &server{fail: status.Error(codes.Unavailable, "gone")}).
		Watch(t.Context(), "o-1", func(*orderv1.OrderEvent) {})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Status.Code() != codes.Unavailable || last.GetSequence() != 4 {
		t.Fatalf("got %v, %v", last, err)
	}
}

func TestDetailsOfARefusalAreRead(t *testing.T) {
	busy, err := status.New(codes.ResourceExhausted, "too many").WithDetails(
		&errdetails.RetryInfo{RetryDelay: durationpb.New(250 * time.Millisecond)},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "user_id", Description: "is required"}}},
		&errdetails.ErrorInfo{Reason: "TEST"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client(t, &server{fail: busy.Err()}).Place(t.Context(), &orderv1.CreateOrderRequest{})
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v", err)
	}
	if refusal.RetryAfter != 250*time.Millisecond || refusal.Fields["user_id"] != "is required" || len(refusal.Others) != 1 {
		t.Errorf("got %+v", refusal)
	}
	if refusal.Error() != "ResourceExhausted: too many" {
		t.Errorf("got %q", refusal.Error())
	}
}
