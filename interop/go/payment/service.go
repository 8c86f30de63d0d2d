package payment

import (
	"context"
	"log"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	paymentv1 "dev.platform/interop/gen/payment/v1"
)

// recordTimeout bounds what is written after the bank's answer, which a caller that is gone does not stop.
const recordTimeout = 10 * time.Second

// Service is payment.v1. Each step may be repeated, interrupted at any line, and made by several
// processes at once: the bank takes a reference's money once.
type Service struct {
	paymentv1.UnimplementedPaymentServiceServer
	payments Store
	bank     Bank
}

// NewService works on these.
func NewService(payments Store, bank Bank) *Service {
	return &Service{payments: payments, bank: bank}
}

// CreatePayment charges an order.
func (s *Service) CreatePayment(ctx context.Context, request *paymentv1.CreatePaymentRequest) (*paymentv1.CreatePaymentResponse, error) {
	asked, err := first(request, Pending)
	if err != nil {
		return nil, err
	}
	known, err := s.payments.AddIfAbsent(ctx, asked)
	if err != nil {
		return nil, err
	}
	if !known.isFor(asked) {
		return nil, status.Errorf(codes.AlreadyExists,
			"order %s has a payment already, of another user or amount", asked.OrderID)
	}
	settled, err := s.settle(ctx, known)
	if err != nil {
		return nil, err
	}
	if err := requireCharged(settled); err != nil {
		return nil, err
	}
	log.Printf("paid %s", settled.OrderID)
	return &paymentv1.CreatePaymentResponse{Payment: settled.message()}, nil
}

// GetPayment reads an order's payment.
func (s *Service) GetPayment(ctx context.Context, request *paymentv1.GetPaymentRequest) (*paymentv1.GetPaymentResponse, error) {
	known, err := s.find(ctx, request.GetOrderId())
	if err != nil {
		return nil, err
	}
	return &paymentv1.GetPaymentResponse{Payment: known.message()}, nil
}

// RefundPayment gives an order's money back.
func (s *Service) RefundPayment(ctx context.Context, request *paymentv1.RefundPaymentRequest) (*paymentv1.RefundPaymentResponse, error) {
	known, err := s.find(ctx, request.GetOrderId())
	if err != nil {
		return nil, err
	}
	// A charge may still be on its way to the bank: before its outcome is known, no answer is final.
	settled, err := s.settle(ctx, known)
	if err != nil {
		return nil, err
	}
	if settled.State == Charged {
		if err := s.bank.Refund(ctx, settled.OrderID); err != nil {
			return nil, err
		}
		settled, err = s.record(ctx, settled, settled.become(Refunded, ""))
		if err != nil {
			return nil, err
		}
	}
	if settled.State != Refunded {
		return nil, impossible("the payment of order %s took no money: it was %s", settled.OrderID, settled.State.word())
	}
	return &paymentv1.RefundPaymentResponse{Payment: settled.message()}, nil
}

// VoidPayment rules a payment out that was not requested yet.
func (s *Service) VoidPayment(ctx context.Context, request *paymentv1.VoidPaymentRequest) (*paymentv1.VoidPaymentResponse, error) {
	voided, err := first(request, Voided)
	if err != nil {
		return nil, err
	}
	known, err := s.payments.AddIfAbsent(ctx, voided)
	if err != nil {
		return nil, err
	}
	return &paymentv1.VoidPaymentResponse{Payment: known.message()}, nil
}

func (s *Service) find(ctx context.Context, orderID string) (Payment, error) {
	if err := checkID("order_id", orderID); err != nil {
		return Payment{}, err
	}
	known, found, err := s.payments.Find(ctx, orderID)
	if err != nil {
		return Payment{}, err
	}
	if !found {
		return Payment{}, status.Errorf(codes.NotFound, "order %s has no payment", orderID)
	}
	return known, nil
}

// settle asks the bank about a pending payment. No transaction is open meanwhile: the bank may be slow.
func (s *Service) settle(ctx context.Context, payment Payment) (Payment, error) {
	if payment.State != Pending {
		return payment, nil
	}
	reason, err := s.bank.Charge(ctx, payment)
	if err != nil {
		return Payment{}, err
	}
	if reason != "" {
		return s.record(ctx, payment, payment.become(Declined, reason))
	}
	return s.record(ctx, payment, payment.become(Charged, ""))
}

func (s *Service) record(ctx context.Context, from, to Payment) (Payment, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	return s.payments.Move(ctx, from, to)
}
