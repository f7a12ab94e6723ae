package intake

import (
	"context"

	"s1bot/bot/inbound"
)

// A Handler does the work on deliveries, each in its turn and in a slot of its own.
type Handler interface {
	// Handle does all of it and has told its person how it ended; ErrPostponed has the delivery stay
	// unfinished.
	Handle(ctx context.Context, d inbound.Delivery) error
	// SentAgain answers who sends a form again that was written down already.
	SentAgain(ctx context.Context, d inbound.Delivery)
	// Unreadable answers who clicked on what cannot be read.
	Unreadable(ctx context.Context, d inbound.Delivery)
}

// A Word is what must be known of one of the bot's own words before it has its turn.
type Word struct {
	Decides bool // on a request: it waits for nobody's slow command, and without Console for no decision either
	Console bool // may wait for the console
	Every   bool // waits for all consoles, so it takes the slots of none of them
}

// Words know the bot's own words. Neither method asks anything: they run in the slot of an envelope.
type Words interface {
	// Word is the one with a name; false where that is none of the bot's own.
	Word(name string) (word Word, known bool)
	// Meant is the one that a sentence means; the zero Word where it means none.
	Meant(sentence string) Word
}
