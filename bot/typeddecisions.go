package bot

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/requestcards"
	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/text"
	"s1bot/render"
)

// "approve A-7F3A" in a message decides. "approve A-7F3A? never, deny it" is talk about a decision, and nobody can tell from the words
// which: so in messages these words stand alone, and where they do not, the bot offers the button. After /s1 there is no talk.

// What follows a word that decides, where the word stands alone: nothing, a reference, a reference
// with a reason, how much longer.
//
// The patterns are strict because the cost is uneven: a decision that is refused as talk costs one
// click on the button that the answer offers, and talk taken for a decision cannot be taken back.
var (
	aloneBare   = regexp.MustCompile(`^` + theEnd)
	aloneRef    = regexp.MustCompile(aRef + theEnd)
	aloneWhy    = regexp.MustCompile(`(?i)^(?:[.!]?|` + aReason + `)\s*$`)
	aloneRefWhy = regexp.MustCompile(aRef + `(?:[.!]?|\s+` + aReason + `)\s*$`)
	aloneLonger = regexp.MustCompile(aRef + `(?:\s+(?:for[=\s]\s*|by\s+)?(?:another\s+)?[\w.]+)?(?:\s+(?:min(?:ute)?s?|hours?|hrs?|days?))?(?:\s+(?:more|longer))?(?:,?\s+(?:please|pls|thanks))?` + theEnd)
)

const (
	aRef    = "(?i)^[`*_\"'“”]*([A-Z]-[0-9A-Z]+)[`*_\"'“”]*"
	aReason = `reason=(?:"[^"]*"|'[^']*'|[“”„][^“”„]*[“”]|[‘’][^‘’]*[‘’]|[^\s"'“”„‘’]+)`
	theEnd  = `[.!]?\s*$`
)

// decision finds a word that decides in a sentence. The others (again, close, extend) stand in sentences about anything.
var decision = regexp.MustCompile(`(?i)\b(approve|deny|withdraw|freeze|thaw)\b`)

// A decisionTalk answers messages in which people talk about a decision.
//
// It never decides: everything it returns is a card with buttons or an error in words.
type decisionTalk struct {
	words    vocabulary
	requests interface {
		requestReader
		freezeReader
	}
	cards interface {
		AddCopy(ctx context.Context, id string, shown approvals.CardRef) error
	}
	responder *exchange.Responder
}

// perhapsDecision answers a message that begins with no command: with the buttons of the decision
// that it talks about, else with why it is none. A command that was nearly right may have any words
// behind it.
//
// Freeze and thaw are about no request, so the word alone is enough, unless the line was nearly a
// command. The others need a reference somewhere in the line: "who can approve this?" is talk about
// nothing that the bot could offer.
func (t decisionTalk) perhapsDecision(ctx context.Context, a exchange.Interaction, why error) error {
	var usage *catalog.UsageError
	near := errors.As(why, &usage) && len(usage.Nearest) > 0
	at := decision.FindStringIndex(a.Line)
	first, rest := exchange.FirstWord(plain.Plainly(a.Line))
	if strings.EqualFold(first, requestcards.ExtendWord) {
		return t.offerDecision(ctx, a, requestcards.ExtendWord, rest)
	}
	if at == nil {
		return why
	}
	word := strings.ToLower(a.Line[at[0]:at[1]])
	if all := word == approvals.FreezeCommand || word == thawWord; all && near && strings.Trim(first, ",.!") != word || !all && !aRequest.MatchString(a.Line) {
		return why
	}
	return t.offerDecision(ctx, a, word, a.Line[at[1]:])
}

// offerLonger offers the extension that a sentence asks for, with its reason. The button is for one
// more extension than there are, so a second click extends nothing.
func (t decisionTalk) offerLonger(ctx context.Context, a exchange.Interaction, rest string) error {
	ref, typed := text.CutWord(rest)
	x := requestcards.Extension{Request: strings.ToUpper(ref)}
	x.For, x.Because = plain.HowMuchLonger(typed)
	if _, _, named := plain.Longer(rest); named && !aRequest.MatchString(a.Line) {
		return t.words[requestcards.ExtendWord].say(ctx, a, rest)
	}
	if !aRequest.MatchString(ref) || x.Because == "" {
		return t.offerRequest(ctx, a, requestcards.ExtendWord, rest)
	}
	req, err := t.requests.Get(ctx, x.Request)
	if err != nil {
		return err
	}
	if req.Term != nil {
		made := len(req.Term.Extensions)
		x.After = &made
	}
	card := render.Notice("Typed with other words around it, “extend” may be just conversation, so nothing was extended.")
	card.Parts = append(card.Parts, render.Line{render.Text("Reason, if you click: "), render.Bold(x.Because)})
	card.Actions = []render.Action{render.Button{Label: "Extend by " + x.For, Do: render.Invocation{Command: requestcards.ExtendWord, Args: catalog.Marshal(x)}}}
	t.responder.Reply(ctx, a, card)
	return nil
}

// aRequest finds the reference of a request in a sentence.
var aRequest = regexp.MustCompile(`(?i)\b` + approvals.RefPrefix + `[0-9A-Z]{4,}\b`)

// offerDecision decides nothing and shows the buttons that would.
//
// Freeze and thaw have no request yet, so their buttons carry the word alone, and freezing asks
// once more: Slack's confirmation is the last place to notice that a button stops the work of
// everybody.
func (t decisionTalk) offerDecision(ctx context.Context, a exchange.Interaction, word, rest string) error {
	card := render.Notice("Typed with other words around it, “" + word + "” may be just conversation, so nothing was decided.")
	switch word {
	case approvals.FreezeCommand:
		do := render.Invocation{Command: approvals.FreezeCommand}
		if why := reasonIn(rest); why != "" {
			do.Args = catalog.Marshal(map[string]string{"reason": why})
			card.Parts = append(card.Parts, render.Line{render.Text("Reason, if you click: "), render.Bold(why)})
		}
		card.Actions = []render.Action{render.Button{Label: "Freeze", Style: render.Danger, Do: do, Confirm: "All changes will be blocked until two approvers end the freeze."}}
	case thawWord:
		if freeze, err := freezeOf(ctx, t.requests); err != nil || freeze.ID == "" || !freeze.BarredFromThawing(a.Who.Person) {
			card.Actions = []render.Action{render.Button{Label: "Thaw", Do: render.Invocation{Command: thawWord}}}
		}
	case requestcards.ExtendWord:
		return t.offerLonger(ctx, a, rest)
	default:
		return t.offerRequest(ctx, a, word, rest)
	}
	t.responder.Reply(ctx, a, card)
	return nil
}

// filler is what people write between a word that decides and why: it is no part of the reason.
var filler = regexp.MustCompile(`(?i)^(?:[\s,.:;!?–—-]+|reason=|(?:please|because|due to|reason)\b|(?:it|this|that|all|everything|changes|all changes)\s*(?:[,.:;!?–—-]|please|because|$))+`)

// reasonIn is the reason that stands behind a word that decides, in a sentence around it; empty where none does.
func reasonIn(rest string) string {
	return strings.Trim(filler.ReplaceAllString(unescaped(rest), ""), " \t\n\"“”„")
}

// offerRequest shows the buttons of a request that a sentence is about. A reason that was typed for
// a denial waits in its form.
//
// The answer is registered as a copy of the request's card, marked as an offer, for its buttons
// must go when somebody decides elsewhere. A copy that only its reader sees has no timestamp to
// edit it by, and stays; its buttons then say what became of the request.
func (t decisionTalk) offerRequest(ctx context.Context, a exchange.Interaction, word, rest string) error {
	ref, typed := cmp.Or(aRequest.FindString(rest), aRequest.FindString(a.Line)), ""
	if at := aRequest.FindStringIndex(rest); at != nil && (word == "deny" || word == "close") {
		typed = reasonIn(strings.TrimLeft(rest[at[1]:], exchange.AroundReference))
	}
	if ref == "" {
		return &catalog.UsageError{Problem: "nothing was decided: add the request's reference, which is on its card", Hint: "Type pending to see what's waiting, with buttons"}
	}
	req, err := t.requests.Get(ctx, strings.ToUpper(ref))
	if err != nil {
		return err
	}
	freeze, err := freezeOf(ctx, t.requests)
	if err != nil {
		return err
	}
	at := t.responder.Reply(ctx, a, requestcards.ForViewer(requestcards.Offer(freeze, req, typed), req, a.Who.Person, a.From.At))
	if at.TS == "" {
		return nil
	}
	return t.cards.AddCopy(ctx, req.ID, approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev, Offer: true, Typed: typed, Freeze: freeze.FreezeMark()}) // it follows the request
}
