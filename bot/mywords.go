package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/render"
)

// A requestFinder finds requests; see approvals.Ledger.
type requestFinder interface {
	Find(ctx context.Context, q approvals.Query) ([]approvals.Request, error)
	freezeReader
}

// A freezeReader knows the freeze that holds now, if there is one; see approvals.Ledger.
type freezeReader interface {
	Frozen(ctx context.Context) (freeze approvals.Request, frozen bool, err error)
}

// freezeOf is the freeze that holds now, or a request without an id.
func freezeOf(ctx context.Context, from freezeReader) (approvals.Request, error) {
	freeze, frozen, err := from.Frozen(ctx)
	if err != nil || !frozen {
		return approvals.Request{}, err
	}
	return freeze, nil
}

// myWords tell a person what waits for them and who they are here.
type myWords struct {
	catalog   *catalog.Catalog
	requests  requestFinder
	home      *home.Keeper
	responder *exchange.Responder
	now       func() time.Time
}

func (w myWords) builtins() []builtin {
	return []builtin{
		{
			name: "pending", onHelp: true, summary: "Lists the requests waiting for your decision and your own open requests, with their buttons.",
			examples: []string{"/s1 pending"}, typed: w.pending, clicked: bare(w.pending), operand: nothing,
			spoken: plain.MustPhrases(
				"(what is|what's|whats|what|who) [still] (waiting|pending|waits) [for (me|us|approval|decision|my approval|my decision)]", "(which|what) (requests|approvals) (wait|are waiting|are pending|are open) [for (me|us|approval)]",
				"<show> [open|pending|waiting|my|our|my open|my pending] (requests|approvals|approval requests)", "(what|anything|something) [is there|do i have] to (approve|decide|do for me)", "what (do|must|should) i [have to] (approve|decide)",
				"is [there] (anything|something) (waiting|pending) [for (me|us|approval)]", "(anything|something) (waiting|pending) [for (me|us|approval)]", "approval queue",
				"(is|are) (it|anything|everything|something|bot|changes) [still] frozen", "who (froze|has frozen) (it|this|us|everything|changes|bot)", "why (is|are) (it|everything|changes|bot) frozen",
			),
		},
		{
			name: "isolated", onHelp: true, summary: "Lists the endpoints that are isolated now: since when, until when and by whom, with buttons to extend and reconnect.",
			examples: []string{"/s1 isolated"}, typed: w.isolated, clicked: bare(w.isolated), operand: nothing, asks: everyConsole,
			spoken: plain.MustPhrases(
				"(what|who|(which|how many|what) (hosts|endpoints|machines|computers|devices)) (is|are) [still|currently] (isolated|contained|in isolation) [now|right now]", "what's isolated", "isolated now",
				"<show> (isolated|contained) (hosts|endpoints|machines|computers|devices)", "(is|are) (anything|any host|any hosts|any endpoint|any endpoints|any machines) [still|currently] isolated [now|right now]",
			),
		},
		{
			name: "whoami", onHelp: true, summary: "Shows your roles and which entries in the settings or the policy file give them to you.",
			examples: []string{"/s1 whoami"}, typed: w.whoami, operand: nothing,
			spoken: plain.MustPhrases("who am i", "what (am|are) (i|we) allowed to do [here]", "what may (i|we) do [here]", "what (can|may) (i|we) (approve|run|change)", "<show> my (role|roles|rights|permissions|access)",
				"am i (operator|approver|allowed to approve|allowed to act)", "do i have (role|roles|rights|access|permission|permissions)"),
		},
	}
}

// maxPending is how many requests are listed: a message has room for about as many.
const maxPending = 15

// pending answers with the requests that the person may decide, and their own that are not over.
func (w myWords) pending(ctx context.Context, a exchange.Interaction, _ string) error {
	card, err := w.list(ctx, a)
	if err == nil {
		w.responder.Reply(ctx, a, card)
	}
	return err
}

// isolated answers with what is isolated now.
func (w myWords) isolated(ctx context.Context, a exchange.Interaction, _ string) error {
	card, err := w.home.Isolated(ctx, a.Who)
	if err == nil {
		w.responder.Reply(ctx, a, card)
	}
	return err
}

// list is what waits, as a card.
//
// An interrupted request is listed only while it waits for somebody to run it again or to close it:
// it may have run, and somebody must look.
func (w myWords) list(ctx context.Context, a exchange.Interaction) (card render.Card, err error) {
	found, err := w.requests.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending, approvals.Approved, approvals.Running, approvals.Interrupted}})
	if err != nil {
		return card, fmt.Errorf("find requests: %w", err)
	}
	freeze, err := freezeOf(ctx, w.requests)
	if err != nil {
		return card, err
	}
	var decide, mine []render.Part
	for _, req := range found {
		switch {
		case req.DecidableBy(a.Who.Person, w.now()):
			decide = append(decide, w.row(freeze, req, w.offered(a, "approve", "deny")...))
		case req.Requester == a.User && (req.State != approvals.Interrupted || req.Undecided()):
			mine = append(mine, w.row(freeze, req, w.offered(a, "withdraw")...))
		}
	}
	longer, wanted, err := w.extensions(ctx, a)
	if err != nil {
		return card, err
	}
	decide, mine = append(decide, longer...), append(mine, wanted...)
	if len(decide)+len(mine) == 0 {
		card := render.Notice("Nothing is waiting: you have no open requests, and there are none for you to decide.")
		card.Parts = append(card.Parts, frozenParts(freeze)...)
		return card, nil
	}
	card = render.Card{Title: "Requests", Text: fmt.Sprintf("%d to decide, %d of yours", len(decide), len(mine)), Parts: frozenParts(freeze)}
	for _, list := range []struct {
		title string
		rows  []render.Part
	}{{"Waiting for you", decide}, {"Your requests", mine}} {
		if len(list.rows) == 0 {
			continue
		}
		card.Parts = append(card.Parts, render.Line{render.Bold(fmt.Sprintf("%s (%d)", list.title, len(list.rows)))})
		card.Parts = append(card.Parts, list.rows[:min(len(list.rows), maxPending)]...)
	}
	return card, nil
}

// extensions are those that wait: for the person's word, and their own.
func (w myWords) extensions(ctx context.Context, a exchange.Interaction) (decide, mine []render.Part, err error) {
	running, err := w.requests.Find(ctx, approvals.RunningTerms(w.now()))
	if err != nil {
		return nil, nil, fmt.Errorf("find extensions: %w", err)
	}
	for _, req := range running {
		for _, x := range req.Waiting(w.now()) {
			switch {
			case req.ExtendableBy(a.Who.Person, x):
				decide = append(decide, extensionRow(req, x, w.offered(a, requestcards.ExtendWord)...))
			case a.User == req.Requester, a.User == x.Asked:
				mine = append(mine, extensionRow(req, x))
			}
		}
	}
	return decide, mine, nil
}

// frozenParts say who froze changes and why; none where nobody did.
func frozenParts(freeze approvals.Request) []render.Part {
	if freeze.ID == "" {
		return nil
	}
	return requestcards.FrozenParts(freeze, "approve anything")
}

// offered are the words whose buttons a row has. A list in the direct message stays there and does not follow its requests: its rows have
// Review, which shows the card as it is when somebody clicks.
func (w myWords) offered(a exchange.Interaction, words ...string) []string {
	if a.At.ResponseURL == "" && (a.At.Channel == "" || strings.HasPrefix(a.At.Channel, "D")) {
		return []string{reviewWord}
	}
	return words
}

// row is a request in a line, with those of its card's buttons that are named. It takes the
// buttons from the card's own list, so that a row never offers what the card would not, such as
// approving during a freeze.
func (w myWords) row(freeze, req approvals.Request, words ...string) render.Row {
	cmd, ok := w.catalog.Find(req.Command)
	row := render.Row{Line: requestcards.RowLine(req, ok && cmd.Timed), Small: render.Line{render.User(req.Requester)}}
	says := "" // one text: each span of a small line is an element of its own, with a gap before it
	if req.Reason != "" {
		says = " · “" + req.Reason + "”"
	}
	switch req.State {
	case approvals.Pending:
		row.Small = append(row.Small, render.Text(says+fmt.Sprintf(" · %d of %d approvals · expires ", len(req.Counting()), max(req.Quorum, 1))), render.Since(req.Expires))
	case approvals.Approved:
		row.Small = append(row.Small, render.Text(says+" · approved, not run yet"))
	case approvals.Interrupted:
		row.Small = append(row.Small, render.Text(says+" · may have run: check its card"))
	default:
		row.Small = append(row.Small, render.Text(says+" · running"))
	}
	if slices.Contains(words, reviewWord) {
		row.Actions = append(row.Actions, render.Button{Label: "Review", Do: requestcards.About(reviewWord, req.ID)})
	}
	for _, action := range requestcards.ActionsUnder(freeze, req) {
		if b, ok := action.(render.Button); ok && slices.Contains(words, b.Do.Command) {
			b.Do.Args = catalog.Marshal(map[string]any{"request": req.ID, "listed": true})
			row.Actions = append(row.Actions, b)
		}
	}
	return row
}

// extensionRow is an extension that waits, in a line, with those of its buttons that are named.
func extensionRow(req approvals.Request, x approvals.Proposal, words ...string) render.Row {
	row := requestcards.ExtensionRow(req, x)
	if slices.Contains(words, reviewWord) {
		row.Actions = append(row.Actions, render.Button{Label: "Review", Do: requestcards.About(reviewWord, req.ID)})
	}
	if slices.Contains(words, requestcards.ExtendWord) {
		for _, b := range requestcards.ExtensionButtons(req, x) {
			var args map[string]any
			if err := json.Unmarshal(b.Do.Args, &args); err == nil {
				args["listed"] = true
				b.Do.Args = catalog.Marshal(args)
			}
			row.Actions = append(row.Actions, b)
		}
	}
	return row
}

// whoami tells the person's roles, and what gives them each.
//
// An open question is said as one. "You are no approver" would be untrue while Slack does not
// answer who is in a group, and people would ask for a role that they have.
func (w myWords) whoami(ctx context.Context, a exchange.Interaction, _ string) error {
	who := a.Who.Person
	member := "a full member of this workspace"
	switch {
	case who.Full.Open() != "":
		member = "somebody I couldn't fully look up in Slack (" + who.Full.Open() + ")"
	case who.Full.No():
		member = "not a full member of this workspace"
	}
	card := render.Card{Title: "Who you are here", Text: "Your roles", Parts: []render.Part{
		render.Line{render.Text("You are "), render.User(who.ID), render.Text(", " + member + ". Times are in " + a.Caller().Location().String() + ".")},
	}}
	none := true
	for _, m := range who.Roles {
		none = none && m.Held.No()
		switch {
		case m.Held.Yes():
			card.Parts = append(card.Parts, append(render.Line{render.Bold(m.Role)}, why(m, who.ID)...))
		case m.Held.Open() != "":
			card.Parts = append(card.Parts, render.Line{render.Bold(m.Role), render.Text(" · I can't tell: " + m.Held.Open())})
		}
	}
	if none {
		card.Parts = append(card.Parts, render.Line{render.Text("You have no role, so you can only run commands that read. Roles come from the settings S1BOT_OPERATORS and S1BOT_APPROVERS and from the policy file.")})
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

// why says which names of a role mean the person, and where the role holds.
func why(m policy.Membership, user string) render.Line {
	line := render.Line{render.Text(" · because it names ")}
	for i, by := range m.By {
		if i > 0 {
			line = append(line, render.Text(", "))
		}
		switch {
		case string(by) == user:
			line = append(line, render.Text("you"))
		case string(by) == "*":
			line = append(line, render.Text("every full member"))
		default:
			line = append(line, render.Mono(string(by)))
		}
	}
	if places := slices.Concat(m.Sites, m.Accounts); len(places) > 0 {
		line = append(line, render.Text(" · only in "+strings.Join(places, ", ")))
	}
	return line
}
