package inbound

import "context"

type referenceKey struct{}

// WithReference returns a context for the work on a delivery. Whatever is logged with it carries
// the key of the delivery, by which people find what an error card is about.
func WithReference(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, referenceKey{}, key)
}

// Reference is the key of the delivery that is worked on; empty outside such work.
func Reference(ctx context.Context) string {
	key, _ := ctx.Value(referenceKey{}).(string)
	return key
}
