// Package refusal says what a person can do about the console's no: which permission is lacking and
// how the console calls it, whether to wait, to change the input or to ask somebody. The console's
// own words stand above the advice and are never replaced by it.
//
// It goes from the certain to the vague: an outcome that nobody knows; a call that no answer came
// to; a file that expired; what the console said plainly, which package s1 has read into a Reason;
// and last the status alone. A status means less than it seems: missing permissions come as 403 and
// on some paths as 401, a proxy's block page as 403 too, and a query that cannot be read as 500. So
// what is said of a bare status never claims more than "if it is".
//
// The rule that must not break: where nobody knows whether a change was done, the advice is to
// look, not to repeat.
package refusal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/s1"
)

// Advice is what to do about a console's refusal: by what the console said, and by its status where
// the words settle nothing. needs is the permission that the command takes, "" where none is known.
// An empty answer means that the console's message says it all.
func Advice(e *s1.Error, needs string) string {
	needs, _, _ = strings.Cut(needs, " (") // what a permission is for matters in help
	switch {
	case needs == "" || strings.Contains(e.Permission, "›"): // it names the command's already
		needs = cmp.Or(PermissionWords(e.Permission), needs)
	default:
		needs = WithPermission(needs, e.Permission)
	}
	switch {
	case e.Unknown():
		return "It may have been done anyway: check the console before you try again. I never repeat a change on my own."
	case e.Status == 0:
		return unsentAdvice(e)
	case errors.Is(e, s1.ErrGone) && e.Reason != s1.Retired:
		return "It has expired: the console keeps files for three days, and links to them and query results for less time. Request it again."
	case e.Reason != s1.Unexplained:
		return reasonAdvice(e, needs)
	case e.Status/100 == 2:
		return goodAdvice(e)
	}
	return statusAdvice(e, needs)
}

// reasonAdvice is for what the console said plainly. Each reason has one who can do something about
// it, the sentence names them: the person, the console's administrator, the network's, or whoever
// runs the bot.
func reasonAdvice(e *s1.Error, needs string) string {
	ask := " Ask whoever manages the console."
	switch e.Reason {
	case s1.TokenRejected:
		words := "The console doesn't accept the bot's token: it's wrong, revoked or expired."
		if needs != "" {
			words += " On some calls the console gives the same answer when the token's role lacks " + needs + "."
		}
		return words + ask
	case s1.LacksPermission:
		return "The console token's role lacks " + cmp.Or(needs, "a permission for this") + "." + ask
	case s1.MayNot:
		return "Either the console token's role lacks " + cmp.Or(needs, "a permission for this") + ", or the token belongs to a site or an account that doesn't cover what you asked for." + ask
	case s1.OutOfScope:
		return "The problem is the scope of the bot's token, not its role: the token belongs to other sites or accounts, or to more than one. " +
			"Choose a site or an account that the token covers, or give the bot a token with the scope this needs."
	case s1.FeatureOff:
		return "The scope lacks a license or a setting for this, and changing the role won't help. Choose another scope or kind, or ask whoever manages the console whether it can be turned on."
	case s1.AlreadyThere:
		return "It already exists, so there's nothing to do. You'll find it in the list."
	case s1.ValueNamed:
		return "The console rejected one of the values; the message says which. Change it and try again."
	case s1.NotTheConsole:
		return "This answer isn't from the console: a proxy, firewall or gateway in between blocked the call, so changing the token or its role won't help. " +
			"Ask whoever manages the network to let the bot reach the console, and check the console's address in the settings."
	case s1.Retired:
		return "This console doesn't support this API call (any more), so trying again won't help. Tell whoever runs the bot; until it's fixed, do it in the console."
	case s1.QueryUnread:
		return "The console works, but it can't read this query. A term is a field, an operator and a value, such as TgtProcName ContainsCIS \"powershell.exe\"; " +
			"AND and OR join terms. Change the query and try again."
	}
	return ""
}

// unsentAdvice is for calls that no answer came to. Three of them are ours: nothing left the
// process, so trying again is safe in every case.
func unsentAdvice(e *s1.Error) string {
	switch {
	case errors.Is(e, s1.ErrNothingSelected), errors.Is(e, s1.ErrInvalidID), errors.Is(e, s1.ErrTooMany), errors.Is(e, s1.ErrInvalidValue):
		return "Nothing was sent to the console. Change what you asked for and try again."
	case errors.Is(e, context.Canceled):
		return "It was stopped before the console answered. Try again if you still need it."
	case errors.Is(e, s1.ErrTooLarge):
		return "" // its message says it
	case e.RetryAfter > 0:
		return fmt.Sprintf("Nothing was sent. Try again in %s.", waitWords(e.RetryAfter))
	}
	return "The console didn't respond. Check the console's address and the network, then try again."
}

// goodAdvice is for answers with a good status that are none. A list with a broken cursor, an
// answer that is no JSON, a 200 whose body has errors.
func goodAdvice(e *s1.Error) string {
	switch {
	case errors.Is(e, s1.ErrTooLarge):
		return ""
	case errors.Is(e, s1.ErrCursorLoop), errors.Is(e, s1.ErrTooManyPages):
		return "The list is not complete. Narrow it down, or try again in a few minutes; if it keeps happening, tell whoever manages the console."
	case e.Err == nil:
		return "The console didn't do it; its message says why. Change what you asked for, or try again."
	}
	return "Try again. If it keeps happening, something between the bot and the console, such as a proxy, may be in the way: ask whoever manages it."
}

// statusAdvice is for words that the bot does not know: they are above, and the status says the
// rest. The order matters for 429, which may say how long, and for 3xx: the client follows no
// redirect, since the token would go to another host.
func statusAdvice(e *s1.Error, needs string) string {
	switch status := e.Status; {
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		words := "The console, or something on the way to it, refused this; the message above is all it said."
		if needs != "" {
			words += " If it's a permission problem: this needs " + needs + "."
		}
		return words
	case status == http.StatusTooManyRequests && e.RetryAfter > 0:
		return fmt.Sprintf("The console is busy. Try again in %s.", waitWords(e.RetryAfter))
	case status == http.StatusTooManyRequests:
		return "The console is busy. Try again in a minute."
	case status >= 500:
		return "The console has a problem. Try again in a few minutes."
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		return "The console rejected this. Compare its message with your values, change them and try again."
	case status == http.StatusConflict:
		return "It conflicts with something the console already has or is still doing. Check there before you try again."
	case status == http.StatusNotFound:
		return "It doesn't exist, or the bot's token can't see it."
	case status == http.StatusRequestTimeout:
		return "The console timed out on this call. Try again."
	case status == http.StatusRequestEntityTooLarge || status == http.StatusRequestURITooLong:
		return "That was too much for one call. Request less at a time."
	case status/100 == 3:
		return "Ask whoever runs the bot: nothing works until the console's address is right."
	}
	return fmt.Sprintf("I don't know what to do about status %d. Try again; if it keeps happening, show the message to whoever manages the console.", e.Status)
}

// Busy is what to do about a console that had no time for a change. A 429 is a clear answer: the
// change was not made. It is not made again unasked all the same, since by then it may be another
// one that is wanted. Empty for any other answer.
func Busy(e *s1.Error) string {
	if e.Status != http.StatusTooManyRequests || e.Unknown() {
		return ""
	}
	return fmt.Sprintf("The console was busy, so nothing was done. Run it again in %s.", waitWords(cmp.Or(e.RetryAfter, time.Minute)))
}

// waitWords are a wait as people read it, rounded up: who waits less is told off again.
func waitWords(d time.Duration) string {
	return text.SpanWords((d + time.Second - 1).Truncate(time.Second))
}
