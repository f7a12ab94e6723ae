package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
)

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Validate tells everything that is wrong with the catalog: what a command lacks. A test runs it; slash.Validate tells what is wrong with
// the examples.
func (c *Catalog) Validate() error {
	var problems []error
	for _, cmd := range c.commands {
		for _, problem := range c.Check(cmd) {
			problems = append(problems, fmt.Errorf("%s: %s", cmd.Name, problem))
		}
	}
	return errors.Join(problems...)
}

// Check tells what is wrong with one command, each problem as a part of a sentence that begins with
// its name.
func (c *Catalog) Check(cmd *Command) []string {
	var problems []string
	require := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	require(kebab.MatchString(cmd.Name), "the name is not in kebab-case")
	require(text.TitleOf(cmd.Name) == cmd.Title, "the title is %q, not %q", cmd.Title, text.TitleOf(cmd.Name))
	require(render.FitsTitle(cmd.Title) || cmd.Short != "" && render.FitsTitle(cmd.Short), "the title %q does not fit a form's 24 characters, and Short has none that does", cmd.Title)
	require(cmd.Area != "" && cmd.Area == strings.ToLower(cmd.Area), "the area is missing or not in lower case")
	require(strings.HasSuffix(cmd.Doc, "."), "the doc is missing or not a sentence")
	require(slices.Contains([]Risk{Read, Change, Destructive}, cmd.Risk), "the risk %q is unknown", cmd.Risk)
	require(!cmd.Guarded || cmd.Risk == Destructive, "only destructive commands can be guarded")
	require(cmd.Risk == Read || cmd.Needs != "", "it changes something and needs no permission")
	require((cmd.Risk != Read) == cmd.plans, "what changes something has a plan, and nothing else has")
	require(cmd.Undo == "" || c.names[spelled(cmd.Undo)] != nil, "there is no command %q to undo it", cmd.Undo)
	require(!cmd.Timed || cmd.Undo != "" && cmd.Guarded, "what ends by itself can be undone, and always needs an approval")
	require(cmd.Main == "" || cmd.Has(cmd.Main), "there is no parameter %q for bare words", cmd.Main)
	require(!cmd.actsOnEndpoints() || cmd.Effect != nil || cmd.Settled != "", "it acts on endpoints or threats and says neither what to watch (Effect) nor why nothing (Settled)")
	require(cmd.Effect == nil || cmd.Settled == "", "it has an effect to watch and says that there is none")
	require(len(cmd.Examples) > 0, "it has no example")
	for _, p := range cmd.Params {
		require(kebab.MatchString(p.Name), "parameter %s is not in kebab-case", p.Name)
		require(strings.HasSuffix(p.Help, ".") || strings.Contains(p.Help, "="), "the help of %s is not a sentence", p.Name)
		require(p.Name != ReasonParam && p.Name != TicketParam && p.Name != ForParam, "parameter %s is asked for anyway", p.Name)
	}
	for _, f := range cmd.Fields {
		list, known := c.ListedBy(f.Type.Search)
		require(f.Type.Search == "" || known, "the search box %q is unknown", f.Type.Search)
		lister, ok := c.Find(list)
		require(list == "" || ok && lister.Risk == Read, "there is no command %q that lists %s", list, f.Type.Search)
	}
	return problems
}

// actsOnEndpoints tells whether a command changes what endpoints or threats are picked for. It goes
// by the search boxes of the parameters, so a new command cannot forget to say so.
func (cmd *Command) actsOnEndpoints() bool {
	picks := func(f Field) bool {
		return slices.Contains([]string{"agents", "threats"}, f.Type.Search) || slices.Contains([]string{"agents", "threats"}, f.Type.Selects)
	}
	return cmd.Risk != Read && slices.ContainsFunc(cmd.Fields, picks)
}
