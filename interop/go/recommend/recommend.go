// Package recommend has what the programs for one kind of discovery each have in common: a server of
// recommendation.v1, and calls to another one.
package recommend

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	recommendationv1 "dev.platform/interop/gen/recommendation/v1"
)

const (
	callTimeout = 2 * time.Second
	pause       = 10 * time.Millisecond
)

// Server recommends one product to everybody.
type Server struct {
	recommendationv1.UnimplementedRecommendationServiceServer
	Product string
}

// GetRecommendations answers with the product.
func (s *Server) GetRecommendations(context.Context, *recommendationv1.GetRecommendationsRequest) (*recommendationv1.GetRecommendationsResponse, error) {
	return &recommendationv1.GetRecommendationsResponse{ProductIds: []string{s.Product}}, nil
}

// Call makes calls one after the other, and returns how often it got which answer: a line for each
// product, and for each status of a failed call.
func Call(ctx context.Context, conn grpc.ClientConnInterface, calls int) string {
	client := recommendationv1.NewRecommendationServiceClient(conn)
	answers := map[string]int{}
	for range calls {
		answers[call(ctx, client)]++
		time.Sleep(pause)
	}
	var lines strings.Builder
	for _, answer := range slices.Sorted(maps.Keys(answers)) {
		fmt.Fprintf(&lines, "%s %d\n", answer, answers[answer])
	}
	return lines.String()
}

func call(ctx context.Context, client recommendationv1.RecommendationServiceClient) string {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	answer, err := client.GetRecommendations(ctx,
		&recommendationv1.GetRecommendationsRequest{UserId: "ada"}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Sprintf("failed %s: %s", status.Code(err), status.Convert(err).Message())
	}
	return strings.Join(answer.GetProductIds(), ",")
}
