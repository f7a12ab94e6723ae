package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/commands/text"
	"s1bot/render/cards"
)

// A Catalog is the commands that there are. It is safe for use by several goroutines. What changes
// in it locks itself: caches, namebook and recent items.
type Catalog struct {
	commands []*Command
	names    map[string]*Command // by name and alias, as spelled spells them
	lookups  *lookups
	searches *cache
	book     *namebook
	recent   RecentItems
	cards    cards.Actions

	observables []ObservableAction // of all commands
}

// How long the console's answers are remembered: rows while somebody turns pages, options while somebody types.
const (
	// A minute is what a person takes to look at a page; longer, and states on the second page
	// would be older than those on the first by more than people expect. A box is asked at every
	// key that somebody types, and 15 seconds cover one word.
	KeepRows    = time.Minute
	KeepOptions = 15 * time.Second
)

// New makes a catalog of commands whose parameters mean what the lookups say. Two commands that go
// by the same name are an error, and so is a parameter of a type that means nothing. What it finds
// wrong is a fault of the program, which then does not start.
func New(lookups []Lookup, commands ...*Command) (*Catalog, error) {
	c := &Catalog{names: map[string]*Command{}, lookups: newLookups(lookups), searches: newCache(256, KeepOptions), book: newNamebook()}
	// 32 lists at once, each of at most some thousand rows, bound the memory.
	rows := newCache(32, KeepRows)
	for _, cmd := range commands {
		if err := cmd.bind(c.lookups); err != nil {
			return nil, err
		}
		cmd.rows, cmd.recent, cmd.Names, cmd.cards = rows, &c.recent, c.book, &c.cards
		c.commands = append(c.commands, cmd)
		for _, name := range append([]string{cmd.Name}, cmd.Aliases...) {
			if other, taken := c.names[spelled(name)]; taken {
				return nil, fmt.Errorf("%s and %s both go by the name %q", other.Name, cmd.Name, name)
			}
			c.names[spelled(name)] = cmd
		}
	}
	c.cards, c.observables = cardActions(commands), observableActions(commands)
	return c, nil
}

// cardActions are the actions that commands have on cards, each with its command's name.
func cardActions(commands []*Command) cards.Actions {
	var all []cards.Action
	for _, cmd := range commands {
		for _, a := range cmd.OnCards {
			a.Command = cmp.Or(a.Command, cmd.Name) // a word of the bot's own stays
			all = append(all, a)
		}
	}
	return cards.NewActions(all)
}

// CardActions are what cards of threats, alerts, endpoints and digests offer, in their order.
func (c *Catalog) CardActions() cards.Actions { return c.cards }

// Commands returns all commands, area by area.
func (c *Catalog) Commands() []*Command { return slices.Clone(c.commands) }

// Isolating are the names of the commands that cut endpoints off: of a month of requests, who asks
// why an endpoint is isolated wants theirs alone.
func (c *Catalog) Isolating() (names []string) {
	for _, cmd := range c.commands {
		if cmd.Effect != nil && cmd.Effect.Isolates {
			names = append(names, cmd.Name)
		}
	}
	return names
}

// Find returns the command with this name or alias, in any spelling: list_agents, List Agents.
func (c *Catalog) Find(nameOrAlias string) (*Command, bool) {
	cmd, ok := c.names[spelled(nameOrAlias)]
	return cmd, ok
}

// Leading finds the command whose name the first of the words are, and how many of them; of several the longest. It is 0 where they are
// no command's.
func (c *Catalog) Leading(words []string) (found *Command, n int) {
	name := ""
	for i, w := range words {
		name += spelled(w)
		if cmd, ok := c.names[name]; ok {
			found, n = cmd, i+1
		}
	}
	return found, n
}

// spelled makes all spellings of a command's name one: list_agents, List Agents and list-agents.
// Phones put typographic hyphens and invisible joiners where people typed a plain hyphen.
func spelled(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' || text.IsHyphen(r) || text.IsUnseen(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// entry and entryParam are how a command is listed for machines. The keys are the contract of
// `s1bot commands --json`; lists are never null, for clients in other languages iterate over them.
type entry struct {
	Name       string       `json:"name"`
	Title      string       `json:"title"`
	Area       string       `json:"area"`
	Risk       Risk         `json:"risk"`
	Approval   string       `json:"approval"` // "none", "required", or "always" where no policy can lift it
	Aliases    []string     `json:"aliases"`
	Permission string       `json:"permission"`
	Parameters []entryParam `json:"parameters"`
	Own        bool         `json:"own,omitempty"` // the bot's own, beyond the specification's
}

type entryParam struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Required bool     `json:"required"`
	List     bool     `json:"list"`
	Kind     string   `json:"kind"`
	Choices  []string `json:"choices"`
}

// JSON lists the catalog for machines.
func (c *Catalog) JSON() ([]byte, error) {
	entries := []entry{}
	for _, cmd := range c.commands {
		entries = append(entries, cmd.entry())
	}
	return json.MarshalIndent(entries, "", "  ")
}

func (cmd *Command) entry() entry {
	e := entry{
		Name: cmd.Name, Title: cmd.Title, Area: cmd.Area, Risk: cmd.Risk, Approval: cmd.approval(),
		Aliases: append([]string{}, cmd.Aliases...), Permission: cmd.Needs, Parameters: []entryParam{},
		Own: cmd.Own,
	}
	for _, p := range cmd.Params {
		choices := []string{}
		for _, choice := range p.Choices {
			choices = append(choices, choice.Label)
		}
		e.Parameters = append(e.Parameters, entryParam{p.Name, p.Title, p.Required, p.List, p.Kind, choices})
	}
	return e
}

// It is the default that holds without a policy file. "always" are the four families that no file
// can lift.
func (cmd *Command) approval() string {
	switch {
	case cmd.Guarded:
		return "always"
	case cmd.Risk == Destructive:
		return "required"
	default:
		return "none"
	}
}
