// Package order is a client of order.v1, made from the contract alone.
package order

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	orderv1 "dev.platform/interop/gen/order/v1"
)

// CreateTimeout is the deadline of each order.
const CreateTimeout = 5 * time.Second

// Client places orders and follows them. Safe for concurrent use.
type Client struct {
	orders orderv1.OrderServiceClient
}

// NewClient uses this connection, which the caller closes.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{orders: orderv1.NewOrderServiceClient(conn)}
}

// Place creates an order. A failure is a *Refusal.
func (c *Client) Place(ctx context.Context, request *orderv1.CreateOrderRequest) (*orderv1.CreateOrderResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, CreateTimeout)
	defer cancel()
	answer, err := c.orders.CreateOrder(ctx, request)
	if err != nil {
		return nil, refusal(err)
	}
	return answer, nil
}

// Watch calls on for each event, until the server has sent the last one, and returns it. A failure is
// a *Refusal.
func (c *Client) Watch(ctx context.Context, orderID string, on func(*orderv1.OrderEvent)) (*orderv1.OrderEvent, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := c.orders.WatchOrder(ctx, &orderv1.WatchOrderRequest{OrderId: orderID})
	if err != nil {
		return nil, refusal(err)
	}
	var last *orderv1.OrderEvent
	for {
		event, err := events.Recv()
		if errors.Is(err, io.EOF) {
			return last, nil
		}
		if err != nil {
			return last, refusal(err)
		}
		last = event
		on(event)
	}
}

// Refusal is a failed call: its status, and what the status's details say.
type Refusal struct {
	Status *status.Status
	// RetryAfter is how long to wait before the next attempt; 0 if the server does not say.
	RetryAfter time.Duration
	// Fields has the invalid fields with what is wrong with each.
	Fields map[string]string
	// Others has the types of all other details.
	Others []string
}

func refusal(err error) *Refusal {
	known := &Refusal{Status: status.Convert(err), Fields: map[string]string{}}
	for _, detail := range known.Status.Details() {
		switch detail := detail.(type) {
		case *errdetails.RetryInfo:
			known.RetryAfter = detail.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			for _, field := range detail.GetFieldViolations() {
				known.Fields[field.GetField()] = field.GetDescription()
			}
		default:
			known.Others = append(known.Others, fmt.Sprintf("%T", detail))
		}
	}
	return known
}

// Error has the code's name, as in "FailedPrecondition: insufficient stock …".
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s", r.Status.Code(), r.Status.Message())
}
