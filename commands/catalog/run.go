package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/s1"
)

// Check tells what is wrong with arguments, without asking the console: a *UsageError or a *MissingError.
func (cmd *Command) Check(args json.RawMessage) error {
	_, err := cmd.read(args)
	return err
}

// timely checks the rules of a parameter struct that depend on the present. A call without a time,
// as in checks of stored requests, asks for none of them.
func (cmd *Command) timely(p any, now time.Time, args json.RawMessage) error {
	if t, ok := p.(timed); ok && !now.IsZero() {
		return cmd.Explain(t.CheckAt(now), args)
	}
	return nil
}

// CheckAt is Check with the rules that depend on the present, such as a date that must lie ahead.
func (cmd *Command) CheckAt(args json.RawMessage, now time.Time) error {
	p, err := cmd.read(args)
	if err != nil {
		return err
	}
	return cmd.timely(p, now, args)
}

// CheckRead is CheckAt of arguments whose values ReadOne and ReadAll have just made: that each is of its kind is known. Whatever was out
// of our hands since, in a row, a form or a button, goes through CheckAt.
func (cmd *Command) CheckRead(values map[string]any, args json.RawMessage, now time.Time) error {
	p, err := cmd.filled(values, args)
	if err != nil {
		return cmd.Explain(err, args)
	}
	return cmd.timely(p, now, args)
}

// read decodes arguments and says in errors which command they are for.
func (cmd *Command) read(args json.RawMessage) (any, error) {
	p, err := cmd.Decode(args)
	return p, cmd.Explain(err, args)
}

// Explain completes an error of ours by what only the command knows. Secrets are hidden first: what
// is put into errors goes into buttons, forms and logs.
func (cmd *Command) Explain(err error, args json.RawMessage) error {
	if err == nil {
		return nil
	}
	args, _ = cmd.Hide(args)
	given := Invocation{Command: cmd.Name, Args: args}
	var usage *UsageError
	var missing *MissingError
	var ambiguous *AmbiguousError
	switch {
	case errors.As(err, &usage):
		usage.Command, usage.Given = cmd.Name, &given
		cmd.offer(usage, args)
	case errors.As(err, &missing):
		missing.Command, missing.Given = cmd, given
	case errors.As(err, &ambiguous):
		ambiguous.command, ambiguous.Given = cmd, given
	}
	return err
}

// offer makes what was asked for with each of the nearest names, where nothing has the name that was given.
func (cmd *Command) offer(e *UsageError, args json.RawMessage) {
	if e.Name == "" || len(e.Offers) > 0 {
		return
	}
	for _, near := range e.Nearest {
		e.Offers = append(e.Offers, Offer{near, Invocation{Command: cmd.Name, Args: cmd.replaceWord(args, e.Param, e.Name, near)}})
	}
}

// Prepare resolves an invocation: names become ids and filters the things they match now. For a
// command that changes things the plan says what will be touched, and its Args are what is approved
// and what runs. Nothing is changed. Steps, in an order that matters: secrets in place of marks (a
// rule may look at them), reading, rules of the present, names, the plan, and last marks in place
// of secrets, because the plan is stored. Where any answer of the console lacked something, a
// change is not prepared at all; a read says what is missing.
//
// Everything that can be said of an invocation before it runs is said here: in the answer to what was
// typed, under the fields of a form before it closes, and before long work begins.
func (cmd *Command) Prepare(ctx context.Context, call *Call, args json.RawMessage) (Plan, error) {
	args, err := cmd.Reveal(call, args)
	if err != nil {
		return Plan{}, err
	}
	p, err := cmd.read(args)
	if err != nil {
		return Plan{}, err
	}
	if err := cmd.timely(p, call.Now, args); err != nil {
		return Plan{}, err
	}
	if s, ok := p.(suited); ok {
		if err := s.CheckOn(ctx, call); err != nil {
			return Plan{}, cmd.Explain(err, args)
		}
	}
	var heard remarks
	plan, err := cmd.prepared(heard.listen(ctx), call, p, args)
	if err == nil && cmd.Risk != Read {
		err = heard.unreliable(cmd.Title)
	}
	plan.Notes = append(plan.Notes, heard.notes()...)
	if err != nil {
		return Plan{}, cmd.blameLookup(cmd.Explain(err, args))
	}
	_, plan.Secrets = cmd.Hide(args)
	plan.Args, _ = cmd.Hide(plan.Args)
	return plan, nil
}

// prepared resolves what was read from args. A planner resolves its own names, for it needs the
// things and not only their ids; the rest is resolved field by field.
func (cmd *Command) prepared(ctx context.Context, call *Call, p any, args json.RawMessage) (plan Plan, err error) {
	if _, plans := p.(planner); !plans {
		plan.Args, err = cmd.Resolve(ctx, call, Marshal(p), Field.named)
		return plan, err
	}
	if named, err := cmd.Resolve(ctx, call, args, Field.namedEarly); err != nil {
		return Plan{}, err
	} else if p, err = cmd.read(named); err != nil {
		return Plan{}, err
	}
	plan, err = p.(planner).Plan(ctx, call)
	cmd.Names.learnTargets(plan.Targets)
	plan.Args = Marshal(p) // secrets show as marks
	return plan, err
}

// named tells whether names stand in a field where ids must, and namedEarly whether they must go before a plan is made.
func (f Field) named(words []string) bool {
	return f.Type.find != nil && slices.ContainsFunc(words, f.Type.IsName)
}
func (f Field) namedEarly(words []string) bool { return f.Type.early && f.named(words) }

// Resolve replaces names by ids in arguments. Fields go in their order, so that of two mistakes the
// same one is told each time.
func (cmd *Command) Resolve(ctx context.Context, call *Call, args json.RawMessage, named func(Field, []string) bool) (json.RawMessage, error) {
	values, err := readArgs(cmd.Fields, args)
	if err != nil {
		return nil, err
	}
	for _, f := range cmd.Fields {
		if filter, ok := values[f.Name].(json.RawMessage); ok && f.Type.Filter {
			if values[f.Name], err = cmd.namesInFilter(ctx, call, f, filter); err != nil {
				return nil, err
			}
			continue
		}
		words := WordsOf(values[f.Name])
		if !named(f, words) {
			continue
		}
		ids, err := f.Type.find(ctx, call, f.Name, words)
		if err != nil {
			return nil, err
		}
		cmd.learn(ids, words)
		values[f.Name] = ids
		if !f.List {
			values[f.Name] = ids[0]
		}
	}
	return Marshal(values), nil
}

// learn notes which ids words were found to mean, where each is one.
func (cmd *Command) learn(ids, words []string) {
	for i := range ids {
		if len(ids) == len(words) {
			cmd.Names.hear(ids[i], words[i])
		}
	}
}

// ErrNotPrepared refuses to run arguments with names or filters in them where ids must stand: what
// was shown is what runs. It is a fault of ours if it ever shows: every way to Run goes through
// Prepare.
var ErrNotPrepared = errors.New("the targets are not resolved to ids")

// Run runs an invocation. One that changes things must come from Prepare; it is refused if anything
// in it is not an id. A refusal by the console is an *s1.Error whose Operation is the command's
// title. The check on ids is made here as well as in Prepare, because the arguments lay in a
// database in between. The card's own buttons get arguments with marks: a secret never returns to
// Slack.
func (cmd *Command) Run(ctx context.Context, call *Call, args json.RawMessage) (render.Card, error) {
	var heard remarks
	ctx = heard.listen(ctx)
	if cmd.Risk == Read {
		plan, err := cmd.Prepare(ctx, call, args)
		if err != nil {
			return render.Card{}, err
		}
		args = plan.Args
	}
	whole, err := cmd.Reveal(call, args)
	if err != nil {
		return render.Card{}, err
	}
	p, err := cmd.read(whole)
	if err != nil {
		return render.Card{}, err
	}
	args, _ = cmd.Hide(args) // the buttons of the card repeat them
	if cmd.Risk != Read && !cmd.isPinned(p, args) {
		return render.Card{}, fmt.Errorf("%s: %w", cmd.Name, ErrNotPrepared)
	}
	card, err := cmd.run(ctx, call.Of(cmd, args), p)
	if err == nil {
		card = heard.beside(card, cmd.Risk)
	}
	return card, cmd.withCommand(cmd.Explain(err, args), p)
}

// isPinned tells whether every selector is made of ids. An empty selector is not pinned either: to
// the console it would mean everything.
func (cmd *Command) isPinned(p any, args json.RawMessage) bool {
	if q, ok := p.(pinned); ok && !q.Resolved() {
		return false
	}
	values, err := readArgs(cmd.Fields, args)
	if err != nil {
		return false
	}
	for _, f := range cmd.Fields {
		if f.Type.find != nil && !f.Type.areIDs(WordsOf(values[f.Name])) {
			return false
		}
		if filter, ok := values[f.Name].(json.RawMessage); ok && f.Type.Selects != "" && !cmd.lookups.boxes[f.Type.Selects].kind.OnlyIDs(filter) {
			return false
		}
	}
	return true
}

// OnlyIDs tells whether a filter names things by id, all digits, and by nothing else.
func OnlyIDs(filter json.RawMessage) bool { return Kind{}.OnlyIDs(filter) }

// OnlyIDs tells whether a filter names things of the kind by id and by nothing else. Any other key
// would let the console choose at the time of the run, and what was approved would not be what
// runs.
func (k Kind) OnlyIDs(filter json.RawMessage) bool {
	var ids struct {
		IDs []string `json:"ids"`
	}
	decoder := json.NewDecoder(bytes.NewReader(filter))
	decoder.DisallowUnknownFields()
	return decoder.Decode(&ids) == nil && len(ids.IDs) > 0 && k.areIDs(ids.IDs)
}

func (k Kind) areIDs(words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !k.isID(word) })
}

// A needing parameter struct takes another permission than its command does in general. A rule for
// the whole tenant, say, needs what one for a site does not.
type needing interface{ Needs() string }

// withCommand names the command in an error of the console's: the specification's failure indicator is the command's title.
func (cmd *Command) withCommand(err error, p any) error {
	needs := cmd.Needs
	if n, ok := p.(needing); ok {
		needs = n.Needs()
	}
	return cmd.refusedAs(err, func(refused string) string { return refusal.WithPermission(needs, refused) })
}

// blameLookup does the same where the console was asked what the arguments mean: that takes a permission of its own.
func (cmd *Command) blameLookup(err error) error {
	return cmd.refusedAs(err, func(lookup string) string {
		needs := refusal.PermissionWords(lookup)
		if needs == "" || strings.Contains(cmd.Needs, needs) {
			return cmd.Needs
		}
		return needs + ", which it needs to look things up (the command itself needs " + cmd.Needs + ")"
	})
}

// refusedAs is an error of the console's under the command's title. It is copied, never changed: several callers may hold it. Which permission is missing
// matters only for a 403, or where the console named one.
func (cmd *Command) refusedAs(err error, needs func(string) string) error {
	var refusal *s1.Error
	if !errors.As(err, &refusal) {
		return err
	}
	named := *refusal
	named.Operation = cmd.Title
	if named.Status == http.StatusForbidden || named.Permission != "" {
		named.Permission = needs(named.Permission)
	}
	return &named
}
