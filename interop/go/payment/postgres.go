package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Postgres stores payments in payment-app's table, whose schema payment-app owns.
type Postgres struct {
	pool *pgxpool.Pool
}

// NewPostgres uses this pool, which the caller closes.
func NewPostgres(pool *pgxpool.Pool) *Postgres {
	return &Postgres{pool}
}

// AddIfAbsent adds the order's payment.
func (p *Postgres) AddIfAbsent(ctx context.Context, payment Payment) (Payment, error) {
	added, err := p.pool.Exec(ctx, `
		insert into payment
		  (id, order_id, user_id, amount_minor_units, currency, status, decline_reason)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (order_id) do nothing`,
		payment.ID, payment.OrderID, payment.UserID, payment.MinorUnits, payment.Currency,
		payment.State, payment.DeclineReason)
	if err != nil {
		return Payment{}, err
	}
	if added.RowsAffected() == 1 {
		return payment, nil
	}
	return p.require(ctx, payment.OrderID)
}

// Find reads the order's payment.
func (p *Postgres) Find(ctx context.Context, orderID string) (Payment, bool, error) {
	rows, err := p.pool.Query(ctx, `
		select id, order_id, user_id, amount_minor_units, currency, status, decline_reason
		from payment where order_id = $1`, orderID)
	if err != nil {
		return Payment{}, false, err
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Payment])
	if errors.Is(err, pgx.ErrNoRows) {
		return Payment{}, false, nil
	}
	return found, err == nil, err
}

// Move changes a payment that nobody has changed meanwhile.
func (p *Postgres) Move(ctx context.Context, from, to Payment) (Payment, error) {
	moved, err := p.pool.Exec(ctx, `
		update payment
		set status = $1, decline_reason = $2, updated_at = now()
		where order_id = $3 and status = $4`,
		to.State, to.DeclineReason, from.OrderID, from.State)
	if err != nil {
		return Payment{}, err
	}
	if moved.RowsAffected() == 1 {
		return to, nil
	}
	return p.require(ctx, from.OrderID)
}

func (p *Postgres) require(ctx context.Context, orderID string) (Payment, error) {
	found, ok, err := p.Find(ctx, orderID)
	if err == nil && !ok {
		err = fmt.Errorf("the payment of order %s has disappeared", orderID)
	}
	return found, err
}
