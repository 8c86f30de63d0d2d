package payment

import (
	"context"
	"errors"
	"log"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Failures is the one place that chooses the status of an error that has none: callers learn no
// details, the log does.
func Failures(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	answer, err := handler(ctx, request)
	if err == nil {
		return answer, nil
	}
	if _, chosen := status.FromError(err); chosen {
		return nil, err
	}
	if ended := ctx.Err(); ended != nil {
		return nil, status.FromContextError(ended).Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, status.Error(codes.DeadlineExceeded, "the database did not answer in time")
	}
	log.Printf("%s: %v", info.FullMethod, err)
	return nil, status.Error(codes.Internal, "internal error")
}
