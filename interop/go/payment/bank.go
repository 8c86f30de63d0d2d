package payment

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	bankv1 "dev.platform/interop/gen/bank/v1"
	moneyv1 "dev.platform/interop/gen/money/v1"
)

// Gateway is the bank behind bank.v1.
type Gateway struct {
	bank    bankv1.BankGatewayClient
	timeout time.Duration
}

// NewGateway waits so long for the bank, or until the caller's own deadline.
func NewGateway(conn grpc.ClientConnInterface, timeout time.Duration) *Gateway {
	return &Gateway{bank: bankv1.NewBankGatewayClient(conn), timeout: timeout}
}

// Charge takes money under the order's id.
func (g *Gateway) Charge(ctx context.Context, payment Payment) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	_, err := g.bank.Charge(ctx, &bankv1.ChargeRequest{
		Reference: payment.OrderID,
		Account:   payment.UserID,
		Amount:    &moneyv1.Money{MinorUnits: payment.MinorUnits, Currency: payment.Currency},
	})
	switch refused := status.Convert(err); refused.Code() {
	case codes.OK:
		return "", nil
	case codes.FailedPrecondition, codes.AlreadyExists:
		// In the second case another client's charge has the reference: the bank takes nothing for this one.
		if refused.Message() == "" {
			return "no reason given", nil
		}
		return refused.Message(), nil
	default:
		return "", unknown(refused)
	}
}

// Refund gives the money of a reference back.
func (g *Gateway) Refund(ctx context.Context, reference string) error {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	_, err := g.bank.Refund(ctx, &bankv1.RefundRequest{Reference: reference})
	if err != nil {
		return unknown(status.Convert(err))
	}
	return nil
}

// unknown says that the bank's answer is not known, and how that came about.
func unknown(failure *status.Status) error {
	const outcome = "the outcome of the payment is not known yet: the bank "
	switch failure.Code() {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Unimplemented:
		return fmt.Errorf("the bank refused what it must accept: %s: %s", failure.Code(), failure.Message())
	case codes.DeadlineExceeded:
		return status.Error(codes.DeadlineExceeded, outcome+"did not answer in time")
	default:
		return status.Error(codes.Unavailable, outcome+"is not available")
	}
}
