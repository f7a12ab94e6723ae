package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"s1bot/commands/text"
	"s1bot/s1"
)

const (
	// tokenAsked is how often the console is asked about its token: an administrator may renew it in place.
	tokenAsked = 12 * time.Hour
	// tokenRetry is the pause after a console that did not answer.
	tokenRetry = time.Minute
	// tokenSoon and tokenUrgent are from when on `s1bot check` asks for a new token, and fails.
	tokenSoon, tokenUrgent = 14 * 24 * time.Hour, 3 * 24 * time.Hour
)

// A tokenFacts keeps what a console tells of its token. Every process asks for itself: each has its
// metrics and its Home.
//
// known is read by cards and metrics at any time and written by run alone, and by forget.
type tokenFacts struct {
	ask   func(context.Context) (s1.Token, error)
	learn func(s1.Token) // hears each answer
	log   *slog.Logger

	known atomic.Pointer[s1.Token]
	anew  chan struct{}
}

func newTokenFacts(ask func(context.Context) (s1.Token, error), learn func(s1.Token), log *slog.Logger) *tokenFacts {
	return &tokenFacts{ask: ask, learn: learn, log: log, anew: make(chan struct{}, 1)}
}

// now is what is known; nothing yet is the zero value.
func (f *tokenFacts) now() s1.Token {
	if known := f.known.Load(); known != nil {
		return *known
	}
	return s1.Token{}
}

// forget drops what was known, because the token is another one, and has the console asked at once.
func (f *tokenFacts) forget() {
	f.known.Store(nil)
	select {
	case f.anew <- struct{}{}:
	default: // it is about to be asked
	}
}

// run asks from time to time until ctx ends.
//
// An error is logged at debug only: some consoles never answer this (a token whose role may not
// ask), and everything else works without it.
func (f *tokenFacts) run(ctx context.Context) error {
	for ctx.Err() == nil {
		pause := tokenAsked
		token, err := f.ask(ctx)
		if err == nil {
			f.known.Store(&token)
			f.learn(token)
		} else {
			f.log.Debug("the console doesn't say when its token expires", "err", err)
			pause = tokenRetry
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-f.anew:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// endWords says when a token ends, or ended: by the date alone an old one looks as if it were good.
func endWords(end time.Time, left time.Duration) string {
	date := end.UTC().Format(time.DateOnly)
	switch days := int(left.Hours() / 24); {
	case left <= 0:
		return "expired on " + date
	case days == 0:
		return "expires on " + date + ", within a day"
	default:
		return "expires on " + date + ", in " + text.Plural(days, "day")
	}
}

// tokenWords says what is known of a token, and fails where it ends so soon that somebody has to act.
func tokenWords(token s1.Token, now time.Time) (string, error) {
	words := "the console doesn't say when it expires"
	left := token.Expires.Sub(now)
	if !token.Expires.IsZero() {
		words = endWords(token.Expires, left)
		if left < tokenUrgent {
			return "", fmt.Errorf("%s: generate a new one for the bot's service user in the console and put it where the bot reads it", words)
		}
		if left < tokenSoon {
			words += ": generate a new one soon"
		}
	}
	if token.Owner == s1.Person {
		words += "; it belongs to a person and stops working with their account: use a service user's token"
	}
	return words, nil
}
