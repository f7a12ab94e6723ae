// Package library is how people find commands again: what they ran, what they saved under names of
// their own, what they use most, and everything else by words.
//
//	history and saved lines ──▶ palette, help, /s1 history, /s1 saved, Home
//	/s1 morning             ──Expand──▶ threats open since=-24h
//
// A line is kept as it was typed and read anew each time, so "since=-24h" stays the last day. The
// rule one must not break: a line holds no secret, and a name of somebody's own never stands for
// what a command's name stands for.
package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// A Saved command is a line under a name.
type Saved struct{ Name, Line string }

// History is what people ran, as slash text.
type History interface {
	Last(ctx context.Context, user string, n int) ([]string, error)
	// Lines are the last n, each as often as it was run; of everybody where user is empty.
	Lines(ctx context.Context, user string, since time.Time, n int) ([]string, error)
}

// Store keeps what people saved.
//
// Save counts and writes in one transaction: two of one person at the same moment do not go over
// most together.
type Store interface {
	Save(ctx context.Context, user string, c Saved, most int) (kept bool, err error)
	Forget(ctx context.Context, user, name string) (found bool, err error)
	All(ctx context.Context, user string) ([]Saved, error)
}

// Columns keeps which columns people want to see of each kind of list, by their titles.
type Columns interface {
	// Columns are what somebody chose, in their order; none where they chose nothing.
	Columns(ctx context.Context, user, kind string) ([]string, error)
	// ChooseColumns remembers a choice in place of the one before; none forgets it.
	ChooseColumns(ctx context.Context, user, kind string, titles []string) error
}

// A Library finds commands for people.
//
// It judges nothing: what it expands is a line like any other and goes the way of all lines.
type Library struct {
	Catalog *catalog.Catalog
	History History
	Store   Store
	Own     []string // words of the bot's own
	Words   []Word   // those of them that can be typed
	Menus   string   // where the bot is in Slack's own menus
	Now     func() time.Time
}

// A Word is one of the bot's own, as people find it.
type Word struct {
	Name, Summary string
	Also          string // other words that people look for it by
	First         bool   // the first page of help names it
	Takes         string // what stands behind it, as the label of a field; empty where nothing must
	Bare          bool   // that may be left out
	Asks          bool   // a form stands between the palette and the word
	Example       string // of what stands behind it
	Button        string // what sends its form; "Run" where empty
}

// A Reader is for whom commands are listed.
type Reader struct {
	User string
	Acts bool // has a role, and so may change things
}

const (
	maxSaved  = 50   // of one person
	maxName   = 32   // characters
	maxLine   = 3000 // of a line, as Slack takes in a slash command
	recentFew = 5    // in the palette
	usedSince = 90 * 24 * time.Hour
	usedLines = 2000 // that are counted
)

var nameForm = regexp.MustCompile(`^\pL[\pL\d_-]*$`)

// input is what a line of somebody's means beside its words.
func (l Library) input(zone *time.Location) text.Input {
	return text.Input{Zone: zone, Now: l.Now(), Own: l.Own}
}

// Save keeps a line under a name: "morning = threats open". What it was read as comes back.
//
// The line is parsed before it is kept, so that a mistake is told now and not on the morning on
// which somebody needs it; but it is kept as typed, for what was read out of it holds times that
// are already past tomorrow.
func (l Library) Save(ctx context.Context, user, typed string, zone *time.Location) (Saved, error) {
	name, line, ok := strings.Cut(typed, "=")
	s := Saved{Name: strings.ToLower(strings.TrimSpace(name)), Line: strings.TrimSpace(line)}
	s.Line = strings.TrimSpace(strings.TrimPrefix(s.Line, "/s1 "))
	if first, rest := text.CutWord(typed); !ok && strings.TrimSpace(rest) != "" {
		return s, &catalog.UsageError{Problem: "“=” is missing between the name and the command", Hint: "Type: /s1 save " + first + " = " + strings.TrimSpace(rest)}
	}
	if !ok || s.Line == "" || strings.ContainsFunc(s.Name, func(r rune) bool { return r == ' ' }) {
		return s, &catalog.UsageError{Problem: "a name and a command are needed", Hint: "Type: /s1 save morning = threats open"}
	}
	if err := l.nameable(s.Name); err != nil {
		return s, err
	}
	if err := l.keepable(s.Line, zone); err != nil {
		return s, err
	}
	kept, err := l.Store.Save(ctx, user, s, maxSaved)
	if err == nil && !kept {
		err = &catalog.UsageError{Problem: fmt.Sprintf("you already have %d saved commands, which is the maximum", maxSaved), Hint: "/s1 saved lists them, with a button to remove each"}
	}
	return s, err
}

// nameable tells whether a name is free: no command, alias or word of the bot's goes by it.
//
// A later version may bring a command of the same name. Then the command is what the name means
// (Runner.Command), and the saved line is still listed with its buttons.
func (l Library) nameable(name string) error {
	_, taken := l.Catalog.Find(name)
	switch {
	case taken || slices.Contains(l.Own, name):
		return &catalog.UsageError{Problem: fmt.Sprintf("%s is already a command", text.Quote(name)), Hint: "choose another name"}
	case !nameForm.MatchString(name) || len([]rune(name)) > maxName:
		return &catalog.UsageError{Problem: fmt.Sprintf("%s can't be a name", text.Quote(name)), Hint: fmt.Sprintf("a name is one word of letters, digits, - and _, at most %d characters long", maxName)}
	}
	return nil
}

// keepable tells whether a line is a command that may be kept. What it lacks its form asks for.
//
// The second look for secrets is the textual one that the inbox uses: what it would hide must not
// be kept, even where the parser sees no secret in it.
func (l Library) keepable(line string, zone *time.Location) error {
	inv, _, err := slash.Parse(l.Catalog, line, l.input(zone))
	var missing *catalog.MissingError
	if errors.As(err, &missing) {
		inv, err = missing.Given, nil
	}
	if err != nil {
		return err
	}
	cmd, ok := l.Catalog.Find(inv.Command)
	if !ok {
		return &catalog.UsageError{Problem: "that isn't a command"}
	}
	if _, secrets := cmd.Hide(inv.Args); len(secrets) > 0 || slash.Mask(l.Catalog, line) != line {
		return &catalog.UsageError{Problem: "a saved command can't hold a password", Hint: "leave it out: the form asks for it"}
	}
	if len([]rune(line)) > maxLine {
		return &catalog.UsageError{Problem: "that is too long to be saved"}
	}
	return nil
}

// Forget removes a saved command.
func (l Library) Forget(ctx context.Context, user, name string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	found, err := l.Store.Forget(ctx, user, name)
	if err == nil && !found {
		err = &catalog.UsageError{Problem: fmt.Sprintf("you have no saved command called %s", text.Quote(name)), Hint: "/s1 saved lists them"}
	}
	return err
}

// Expand puts a saved command in the place of its name: "morning limit=5" is "threats open
// limit=5". The result is false where the line begins with no such name.
//
// What follows the name is appended, so a saved line takes parameters; one that the line has
// already is the parser's to judge.
func (l Library) Expand(ctx context.Context, user, line string) (string, bool, error) {
	name, rest := text.CutWord(line)
	if !nameForm.MatchString(name) {
		return line, false, nil
	}
	all, err := l.Store.All(ctx, user)
	if err != nil {
		return line, false, err
	}
	for _, s := range all {
		if s.Name == strings.ToLower(name) {
			return strings.TrimSpace(s.Line + " " + rest), true, nil
		}
	}
	return line, false, nil
}

// Most are the commands that somebody uses most, else those that matter most to people of their
// role, else those that everybody uses: n of them. Who may change nothing is shown what reads.
//
// Commands of everybody fill up what somebody new has not used yet, and on a fresh installation the
// areas do.
func (l Library) Most(ctx context.Context, who Reader, n int) ([]*catalog.Command, error) {
	own, err := l.used(ctx, who.User)
	if err != nil {
		return nil, err
	}
	everybodys, err := l.used(ctx, "")
	if err != nil {
		return nil, err
	}
	theirs := slices.DeleteFunc(slices.Concat(l.everyday(), everybodys), func(cmd *catalog.Command) bool { return !who.Acts && cmd.Risk != catalog.Read })
	var most []*catalog.Command
	for _, cmd := range slices.Concat(own, theirs) {
		if len(most) < n && !slices.Contains(most, cmd) {
			most = append(most, cmd)
		}
	}
	return most, nil
}

// used are the commands that somebody used lately, the most frequent first; of everybody where user
// is empty.
func (l Library) used(ctx context.Context, user string) ([]*catalog.Command, error) {
	lines, err := l.History.Lines(ctx, user, l.Now().Add(-usedSince), usedLines)
	return l.counted(lines), err
}

// everyday are the commands of a responder's day, in their order.
func (l Library) everyday() (all []*catalog.Command) {
	for _, cmd := range l.Catalog.Commands() {
		if cmd.Everyday > 0 {
			all = append(all, cmd)
		}
	}
	slices.SortStableFunc(all, func(a, b *catalog.Command) int { return cmp.Compare(a.Everyday, b.Everyday) })
	return all
}

// counted are the commands of lines, the most frequent first.
//
// Lines are counted by their first word only: an old line whose parameters no longer exist still
// says what somebody uses.
func (l Library) counted(lines []string) []*catalog.Command {
	count := map[*catalog.Command]int{}
	var seen []*catalog.Command
	for _, line := range lines {
		name, _ := text.CutWord(line)
		if cmd, ok := l.Catalog.Find(name); ok {
			if count[cmd]++; count[cmd] == 1 {
				seen = append(seen, cmd)
			}
		}
	}
	slices.SortStableFunc(seen, func(a, b *catalog.Command) int { return cmp.Compare(count[b], count[a]) })
	return seen
}

// Box is the search box of the palette.
const Box = "commands"

// Values of the palette's options that are no names of commands. A line is named by its hash: Slack
// takes 150 characters of a value.
const (
	savedMark  = "saved:"
	recentMark = "recent:"
	wordMark   = "word:" // of the bot's own
)

// Search answers the palette: what somebody saved and ran lately, then the bot's own words and the
// commands by area, as far as they have all the typed words in their names, titles or summaries.
// Areas come in the order of their best command; so do the bot's own words: ahead of commands where
// one is called so, else behind them.
//
// More of the recent lines are searched than are shown unasked: who types looks for one.
func (l Library) Search(ctx context.Context, user, typed string) ([]render.OptionGroup, error) {
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return strings.ContainsRune(" ·(),…\u00a0\t", r) }) // a label may be pasted
	fits := func(texts ...string) bool {
		all := strings.ToLower(strings.Join(texts, " "))
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) })
	}
	saved, err := l.Store.All(ctx, user)
	if err != nil {
		return nil, err
	}
	recent, err := l.History.Last(ctx, user, 4*recentFew)
	if err != nil {
		return nil, err
	}
	mine, ran := render.OptionGroup{Label: "Saved"}, render.OptionGroup{Label: "Recent"}
	for _, s := range saved {
		if fits(s.Name, s.Line, "saved") {
			mine.Options = append(mine.Options, render.Option{Label: text.Shorten(s.Name+" · "+s.Line, maxLabel), Value: savedMark + s.Name})
		}
	}
	for i, line := range recent {
		if (i < recentFew || len(words) > 0) && fits(line, "recent") {
			ran.Options = append(ran.Options, render.Option{Label: text.Shorten(line, maxLabel), Value: recentMark + hashOf(line)})
		}
	}
	named, others := l.ownFitting(words, fits)
	groups := slices.Concat([]render.OptionGroup{mine, ran, named}, l.byArea(l.fitting(words, fits)), []render.OptionGroup{others})
	return slices.DeleteFunc(groups, func(g render.OptionGroup) bool { return len(g.Options) == 0 }), nil
}

// ownFitting are the bot's own words that have the words: in their names, and elsewhere. Where
// nothing was typed, those of the first page of help.
func (l Library) ownFitting(words []string, fits func(...string) bool) (named, others render.OptionGroup) {
	named.Label, others.Label = "Requests, reports and the bot", "More of the bot"
	for _, w := range l.Words {
		option := render.Option{Label: text.Shorten(w.Name+" · "+w.Summary, maxLabel), Value: wordMark + w.Name}
		switch {
		case len(words) == 0 && w.First, len(words) > 0 && fits(w.Name):
			named.Options = append(named.Options, option)
		case len(words) > 0 && fits(w.Name, w.Summary, w.Also):
			others.Options = append(others.Options, option)
		}
	}
	return named, others
}

// PickedWord is the bot's own word that an option of the palette stands for, if it stands for one.
func (l Library) PickedWord(value string) (Word, bool) {
	name, ok := strings.CutPrefix(value, wordMark)
	at := slices.IndexFunc(l.Words, func(w Word) bool { return w.Name == name })
	if !ok || at < 0 {
		return Word{}, false
	}
	return l.Words[at], true
}

// fitting are the commands that have the words: those that have them in their names first.
func (l Library) fitting(words []string, fits func(...string) bool) []*catalog.Command {
	var named, others []*catalog.Command
	for _, cmd := range l.Catalog.Commands() {
		names := strings.Join(append([]string{cmd.Name, strings.ReplaceAll(cmd.Name, "-", " "), cmd.Title}, cmd.Aliases...), " ")
		switch {
		case fits(names):
			named = append(named, cmd)
		case len(words) > 0 && fits(names, cmd.Summary(), manual.AreaTitle(cmd.Area)):
			others = append(others, cmd)
		}
	}
	return append(named, others...)
}

// byArea are commands in groups, each where its first one stands.
func (l Library) byArea(commands []*catalog.Command) (groups []render.OptionGroup) {
	at := map[string]int{}
	for _, cmd := range commands {
		i, known := at[cmd.Area]
		if !known {
			i = len(groups)
			at[cmd.Area], groups = i, append(groups, render.OptionGroup{Label: manual.AreaTitle(cmd.Area)})
		}
		groups[i].Options = append(groups[i].Options, render.Option{Label: text.Shorten(manual.Entry(cmd), maxLabel), Value: cmd.Name})
	}
	return groups
}

// maxLabel is how long an option's text may be in Slack.
const maxLabel = 75

func hashOf(line string) string {
	sum := sha256.Sum256([]byte(line))
	return hex.EncodeToString(sum[:8])
}

// Picked is the line that an option of the palette stands for: a name of a command, a saved line,
// or one that was run.
//
// A recent line is found again by its hash among the last ones; what somebody ran meanwhile may
// have pushed it out, and then it is not found.
func (l Library) Picked(ctx context.Context, user, value string) (line string, found bool, err error) {
	if name, ok := strings.CutPrefix(value, savedMark); ok {
		return l.Expand(ctx, user, name)
	}
	hash, ok := strings.CutPrefix(value, recentMark)
	if !ok {
		_, found = l.Catalog.Find(value)
		return value, found, nil
	}
	recent, err := l.History.Last(ctx, user, 4*recentFew)
	for _, line := range recent {
		if hashOf(line) == hash {
			return line, true, nil
		}
	}
	return "", false, err
}
