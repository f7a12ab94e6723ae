package slash

import (
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Other programs write "--computer-name X" and "-limit 5". Here that would be three names of hosts, and the answer that there are
// none: so it is refused, and the line that was meant is offered.

var flagForm = regexp.MustCompile(`^--?(\pL[\pL\d_-]*)$`)

// flag returns the name in a word that looks like a flag. In free texts a dash before a word is one only where a parameter has that
// name.
func (p *parser) flag(t text.Token) string {
	if t.Name != "" || t.Quoted {
		return ""
	}
	m := flagForm.FindStringSubmatch(text.PlainName(t.Source)) // which has hyphens for all that look like one
	if m == nil {
		return ""
	}
	f, err := mainField(p.cmd, t.Value)
	if free := err == nil && (f.Type.Verbatim || f.Type.Name == "multiline"); free && !p.isParam(m[1]) {
		return ""
	}
	return m[1]
}

// unknownFlag says how parameters are written.
func unknownFlag(cmd *catalog.Command, name string) error {
	e := &catalog.UsageError{Param: name, Problem: "unknown parameter " + text.Quote("--"+name) + " in " + cmd.Name}
	f, ok := cmd.Lookup(name)
	switch {
	case slices.Contains([]string{"h", "help"}, strings.ToLower(name)):
		e.Hint = "/s1 help " + cmd.Name + " explains them"
	case ok:
		e.Hint = "parameters are written without dashes, as " + f.Name + "=value"
	default:
		e.Nearest = text.Nearest(name, catalog.ParamNames(cmd.Fields))
		e.Hint = "parameters are written without dashes, as name=value; /s1 help " + cmd.Name + " lists them"
	}
	return e
}

// offer adds the line that was meant to an error about flags, where that is one. What is offered
// was parsed and checked as if it had been typed; a line that would still be wrong is not offered.
func (p *parser) offer(tokens []text.Token, err error) error {
	e, ok := err.(*catalog.UsageError)
	if !ok || !slices.ContainsFunc(tokens, func(t text.Token) bool { return p.flag(t) != "" }) {
		return err
	}
	var line strings.Builder
	for i := 0; i < len(tokens); i++ {
		name := p.flag(tokens[i])
		switch {
		case name == "":
			line.WriteString(" " + tokens[i].Source)
		case i+1 < len(tokens) && tokens[i+1].Name == "" && p.flag(tokens[i+1]) == "":
			i++
			line.WriteString(" " + name + "=" + tokens[i].Source)
		default:
			line.WriteString(" " + name + "=true")
		}
	}
	meant := parser{cmd: p.cmd, in: p.in, values: map[string]any{}}
	if meant.assign(text.Scan(line.String())) != nil || p.cmd.CheckAt(catalog.Marshal(meant.values), p.in.Now) != nil {
		return err
	}
	try := catalog.Invocation{Command: p.cmd.Name, Args: catalog.Marshal(meant.values)}
	try.Args, _ = p.cmd.Hide(try.Args)
	e.Try, e.TryLine = &try, Line(p.cmd, try.Args)
	return e
}
