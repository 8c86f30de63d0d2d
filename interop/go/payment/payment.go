// Package payment serves payment.v1 on payment-app's own tables, beside instances of payment-app: the
// order's id is the key of its only payment, whoever writes it.
package payment

import (
	"context"
	"strings"

	"github.com/google/uuid"

	moneyv1 "dev.platform/interop/gen/money/v1"
	paymentv1 "dev.platform/interop/gen/payment/v1"
)

// State is a payment's status, as it is in the database.
type State string

// The statuses that payment-app knows.
const (
	Pending  State = "PENDING"
	Charged  State = "CHARGED"
	Declined State = "DECLINED"
	Refunded State = "REFUNDED"
	Voided   State = "VOIDED"
)

// Payment of one order.
type Payment struct {
	ID            string
	OrderID       string
	UserID        string
	MinorUnits    int64
	Currency      string
	State         State
	DeclineReason string
}

// Store has all payments, also those that other processes write.
type Store interface {
	// AddIfAbsent adds the payment, and returns the order's payment: this one, or the one there was.
	AddIfAbsent(ctx context.Context, payment Payment) (Payment, error)
	// Find returns the order's payment, and whether there is one.
	Find(ctx context.Context, orderID string) (Payment, bool, error)
	// Move replaces the status of a payment that still has the status of from, and returns the order's
	// payment: to, or the one that another process has written.
	Move(ctx context.Context, from, to Payment) (Payment, error)
}

// Bank takes and refunds money, once for each reference.
type Bank interface {
	// Charge takes money. A reason that is not empty says that the bank took none and never will; an
	// error, that its answer is not known.
	Charge(ctx context.Context, payment Payment) (reason string, err error)
	// Refund gives the money back. An error says that the bank's answer is not known.
	Refund(ctx context.Context, reference string) error
}

func newID() string {
	return uuid.NewString()
}

func (p Payment) isFor(other Payment) bool {
	return p.UserID == other.UserID && p.MinorUnits == other.MinorUnits && p.Currency == other.Currency
}

func (p Payment) become(state State, reason string) Payment {
	p.State = state
	p.DeclineReason = reason
	return p
}

func (p Payment) message() *paymentv1.Payment {
	return &paymentv1.Payment{
		PaymentId:     p.ID,
		OrderId:       p.OrderID,
		UserId:        p.UserID,
		Amount:        &moneyv1.Money{MinorUnits: p.MinorUnits, Currency: p.Currency},
		Status:        paymentv1.PaymentStatus(paymentv1.PaymentStatus_value["PAYMENT_STATUS_"+string(p.State)]),
		DeclineReason: p.DeclineReason,
	}
}

func (s State) word() string {
	return strings.ToLower(string(s))
}
