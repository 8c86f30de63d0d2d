package payment

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	moneyv1 "dev.platform/interop/gen/money/v1"
	paymentv1 "dev.platform/interop/gen/payment/v1"
)

// memory is a Store with the semantics of the table.
type memory struct {
	mutex    sync.Mutex
	payments map[string]Payment
	// moves fails with this error, as if the process ended between the bank's answer and the commit.
	moves error
}

func (m *memory) AddIfAbsent(_ context.Context, payment Payment) (Payment, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if known, ok := m.payments[payment.OrderID]; ok {
		return known, nil
	}
	m.payments[payment.OrderID] = payment
	return payment, nil
}

func (m *memory) Find(_ context.Context, orderID string) (Payment, bool, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	known, ok := m.payments[orderID]
	return known, ok, nil
}

func (m *memory) Move(ctx context.Context, from, to Payment) (Payment, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.moves != nil {
		return Payment{}, m.moves
	}
	if err := ctx.Err(); err != nil {
		return Payment{}, err
	}
	known := m.payments[from.OrderID]
	if known.State == from.State {
		m.payments[from.OrderID] = to
		return to, nil
	}
	return known, nil
}

// ledger is a Bank that takes a reference's money once.
type ledger struct {
	taken, refunded map[string]int64
	asked           int
	reason          string
	fail            error
	after           func()
}

func (l *ledger) Charge(_ context.Context, payment Payment) (string, error) {
	l.asked++
	if l.fail != nil || l.reason != "" {
		return l.reason, l.fail
	}
	l.taken[payment.OrderID] = payment.MinorUnits
	if l.after != nil {
		l.after()
	}
	return "", nil
}

func (l *ledger) Refund(_ context.Context, reference string) error {
	l.refunded[reference]++
	return l.fail
}

func newService() (*Service, *memory, *ledger) {
	payments := &memory{payments: map[string]Payment{}}
	bank := &ledger{taken: map[string]int64{}, refunded: map[string]int64{}}
	return NewService(payments, bank), payments, bank
}

func create(order string) *paymentv1.CreatePaymentRequest {
	return &paymentv1.CreatePaymentRequest{OrderId: order, UserId: "ada", Amount: &moneyv1.Money{MinorUnits: 500, Currency: "EUR"}}
}

func requireStatus(t *testing.T, err error, code codes.Code, message string) {
	t.Helper()
	if status.Code(err) != code || status.Convert(err).Message() != message {
		t.Errorf("got %v (expected: %s: %s)", err, code, message)
	}
}

func TestARepeatedPaymentGetsTheFirstOutcome(t *testing.T) {
	service, _, bank := newService()
	first, err := service.CreatePayment(t.Context(), create("o-1"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := service.CreatePayment(t.Context(), create("o-1"))
	if err != nil || second.GetPayment().GetPaymentId() != first.GetPayment().GetPaymentId() || bank.asked != 1 {
		t.Errorf("got %v, %v after %d charges", second, err, bank.asked)
	}
	if first.GetPayment().GetStatus() != paymentv1.PaymentStatus_PAYMENT_STATUS_CHARGED {
		t.Errorf("got %v", first)
	}
}

func TestAPaymentThatEndedBetweenBankAndCommitIsSettledByTheNextCall(t *testing.T) {
	service, payments, bank := newService()
	payments.moves = errors.New("the process ends here")
	if _, err := service.CreatePayment(t.Context(), create("o-1")); err == nil {
		t.Fatal("succeeded")
	}
	payments.moves = nil
	answer, err := service.CreatePayment(t.Context(), create("o-1"))
	if err != nil || answer.GetPayment().GetStatus() != paymentv1.PaymentStatus_PAYMENT_STATUS_CHARGED {
		t.Fatalf("got %v, %v", answer, err)
	}
	if len(bank.taken) != 1 || bank.taken["o-1"] != 500 {
		t.Errorf("taken: %v", bank.taken)
	}
}

func TestTheBanksAnswerIsRecordedForACallerThatIsGone(t *testing.T) {
	service, payments, bank := newService()
	ctx, cancel := context.WithCancel(t.Context())
	bank.after = cancel
	if _, err := service.CreatePayment(ctx, create("o-1")); err != nil {
		t.Fatal(err)
	}
	if payments.payments["o-1"].State != Charged {
		t.Errorf("got %v", payments.payments["o-1"])
	}
}

func TestAnotherAmountOrUserIsRefused(t *testing.T) {
	service, _, _ := newService()
	if _, err := service.CreatePayment(t.Context(), create("o-1")); err != nil {
		t.Fatal(err)
	}
	other := create("o-1")
	other.UserId = "eve"
	_, err := service.CreatePayment(t.Context(), other)
	requireStatus(t, err, codes.AlreadyExists, "order o-1 has a payment already, of another user or amount")
}

func TestADeclinedPaymentStaysDeclined(t *testing.T) {
	service, _, bank := newService()
	bank.reason = "insufficient funds"
	_, err := service.CreatePayment(t.Context(), create("o-1"))
	requireStatus(t, err, codes.FailedPrecondition, "payment declined: insufficient funds")
	bank.reason = ""
	_, err = service.CreatePayment(t.Context(), create("o-1"))
	requireStatus(t, err, codes.FailedPrecondition, "payment declined: insufficient funds")
	_, err = service.RefundPayment(t.Context(), &paymentv1.RefundPaymentRequest{OrderId: "o-1"})
	requireStatus(t, err, codes.FailedPrecondition, "the payment of order o-1 took no money: it was declined")
}

func TestARefundSettlesAPendingPaymentFirst(t *testing.T) {
	service, payments, bank := newService()
	bank.fail = status.Error(codes.Unavailable, "away")
	if _, err := service.CreatePayment(t.Context(), create("o-1")); status.Code(err) != codes.Unavailable {
		t.Fatalf("got %v", err)
	}
	bank.fail = nil
	for range 2 {
		answer, err := service.RefundPayment(t.Context(), &paymentv1.RefundPaymentRequest{OrderId: "o-1"})
		if err != nil || answer.GetPayment().GetStatus() != paymentv1.PaymentStatus_PAYMENT_STATUS_REFUNDED {
			t.Fatalf("got %v, %v", answer, err)
		}
	}
	if bank.taken["o-1"] != 500 || bank.refunded["o-1"] != 1 || payments.payments["o-1"].State != Refunded {
		t.Errorf("taken %v, refunded %v, %v", bank.taken, bank.refunded, payments.payments)
	}
}

func TestAVoidedPaymentIsNeverCharged(t *testing.T) {
	service, _, bank := newService()
	voided, err := service.VoidPayment(t.Context(), &paymentv1.VoidPaymentRequest{
		OrderId: "o-1", UserId: "ada", Amount: &moneyv1.Money{MinorUnits: 500, Currency: "EUR"}})
	if err != nil || voided.GetPayment().GetStatus() != paymentv1.PaymentStatus_PAYMENT_STATUS_VOIDED {
		t.Fatalf("got %v, %v", voided, err)
	}
	_, err = service.CreatePayment(t.Context(), create("o-1"))
	requireStatus(t, err, codes.FailedPrecondition, "order o-1 was given up before it was paid")
	if bank.asked != 0 {
		t.Errorf("the bank was asked %d times", bank.asked)
	}
}

func TestInvalidRequestsAreRefusedWithTheFieldsName(t *testing.T) {
	service, _, _ := newService()
	for message, change := range map[string]func(*paymentv1.CreatePaymentRequest){
		"order_id is required":                                 func(r *paymentv1.CreatePaymentRequest) { r.OrderId = " " },
		"user_id must have at most 128 characters: 129":        func(r *paymentv1.CreatePaymentRequest) { r.UserId = strings.Repeat("ü", 129) },
		"user_id must not contain control characters":          func(r *paymentv1.CreatePaymentRequest) { r.UserId = "a\x00b" },
		"amount is required":                                   func(r *paymentv1.CreatePaymentRequest) { r.Amount = nil },
		"amount.minor_units must be at least 1: 0":             func(r *paymentv1.CreatePaymentRequest) { r.Amount.MinorUnits = 0 },
		"amount.currency must be an ISO 4217 code in capitals": func(r *paymentv1.CreatePaymentRequest) { r.Amount.Currency = "eur" },
	} {
		request := create("o-1")
		change(request)
		_, err := service.CreatePayment(t.Context(), request)
		requireStatus(t, err, codes.InvalidArgument, message)
	}
	_, err := service.GetPayment(t.Context(), &paymentv1.GetPaymentRequest{OrderId: "none"})
	requireStatus(t, err, codes.NotFound, "order none has no payment")
}
