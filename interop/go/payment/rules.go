package payment

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	moneyv1 "dev.platform/interop/gen/money/v1"
)

const maxIDLength = 128

var currencies = regexp.MustCompile(`^[A-Z]{3}$`)

func invalid(format string, arguments ...any) error {
	return status.Errorf(codes.InvalidArgument, format, arguments...)
}

func checkID(field, value string) error {
	length := utf8.RuneCountInString(value)
	switch {
	case strings.TrimFunc(value, unicode.IsSpace) == "":
		return invalid("%s is required", field)
	case length > maxIDLength:
		return invalid("%s must have at most %d characters: %d", field, maxIDLength, length)
	case strings.ContainsFunc(value, unicode.IsControl):
		return invalid("%s must not contain control characters", field)
	}
	return nil
}

func checkAmount(amount *moneyv1.Money) error {
	switch {
	case amount == nil:
		return invalid("amount is required")
	case amount.GetMinorUnits() < 1:
		return invalid("amount.minor_units must be at least 1: %d", amount.GetMinorUnits())
	case !currencies.MatchString(amount.GetCurrency()):
		return invalid("amount.currency must be an ISO 4217 code in capitals")
	}
	return nil
}

// request is what CreatePayment and VoidPayment have in common.
type request interface {
	GetOrderId() string
	GetUserId() string
	GetAmount() *moneyv1.Money
}

// first is the payment that a request asks for, with this status.
func first(request request, state State) (Payment, error) {
	if err := checkID("order_id", request.GetOrderId()); err != nil {
		return Payment{}, err
	}
	if err := checkID("user_id", request.GetUserId()); err != nil {
		return Payment{}, err
	}
	if err := checkAmount(request.GetAmount()); err != nil {
		return Payment{}, err
	}
	return Payment{
		ID:         newID(),
		OrderID:    request.GetOrderId(),
		UserID:     request.GetUserId(),
		MinorUnits: request.GetAmount().GetMinorUnits(),
		Currency:   request.GetAmount().GetCurrency(),
		State:      state,
	}, nil
}

// requireCharged is nil for a payment whose money was taken.
func requireCharged(payment Payment) error {
	switch payment.State {
	case Charged:
		return nil
	case Declined:
		return impossible("payment declined: %s", payment.DeclineReason)
	case Refunded:
		return impossible("the payment of order %s was given back", payment.OrderID)
	case Voided:
		return impossible("order %s was given up before it was paid", payment.OrderID)
	default:
		return fmt.Errorf("order %s is %s (expected: settled)", payment.OrderID, payment.State)
	}
}

func impossible(format string, arguments ...any) error {
	return status.Errorf(codes.FailedPrecondition, format, arguments...)
}
