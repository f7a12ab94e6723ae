package slash

import (
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// spacedName is a parameter's name as people write it, with the = and what stands around it.
var spacedName = regexp.MustCompile(`^(?:--?|–|—)?` + text.NameForm + `[\s\pZ]*=([\s\pZ]*)`)

// flagged is a parameter's name as a flag of other programs, with the blanks behind it. It is refused, and masked all the same.
var flagged = regexp.MustCompile(`^(?:--?|–|—)` + text.NameForm + `([\s\pZ]+)`)

// Mask takes the secrets out of slash text, whatever else is wrong with it, so that it can be
// written down. It knows no command line: what is masked goes by names alone, wherever they stand,
// because a line that cannot be parsed is written down, too.
func Mask(c *catalog.Catalog, typed string) string {
	var b strings.Builder
	for typed != "" {
		rest := text.TrimBlank(typed)
		b.WriteString(typed[:len(typed)-len(rest)])
		if head, after, ok := cutSecret(c, rest); ok {
			b.WriteString(head + catalog.Mark)
			typed = after
			continue
		}
		v := text.ValueScanner{Rest: rest[len(text.NamePart.FindString(rest)):]}
		v.Scan()
		b.WriteString(rest[:len(rest)-len(v.Rest)])
		typed = v.Rest
	}
	return b.String()
}

// cutSecret cuts a secret off the beginning of a text: its name and =, and what follows it. A secret that shows in words only, such
// as a script's input, goes on to the next name.
func cutSecret(c *catalog.Catalog, typed string) (head, after string, ok bool) {
	m := spacedName.FindStringSubmatch(typed)
	if m == nil {
		m = flagged.FindStringSubmatch(typed)
	}
	if m == nil {
		return "", typed, false
	}
	m[1] = text.PlainName(m[1])
	value := typed[len(m[0]):]
	for v := (text.ValueScanner{Rest: value}); v.Rest != "" && (!begins(c, v.Rest) || v.Rest == value && m[2] == ""); {
		v.Rest = v.Rest[len(text.NamePart.FindString(v.Rest)):] // an input has flags of its own: --token=x
		v.Scan()
		if c.Hides(m[1], value[:len(value)-len(v.Rest)]) {
			after, ok = v.Rest, true
		}
		if ok && wholly(c, m[1]) {
			break // a word is all of it
		}
		v = text.ValueScanner{Rest: text.TrimBlank(v.Rest)}
	}
	return strings.TrimSuffix(m[0], m[2]), after, ok
}

// begins tells whether a text begins with the name of a parameter that stands beside secrets, so that the secret before it ends. A
// name behind dashes may be an input's own flag.
func begins(c *catalog.Catalog, typed string) bool {
	m := text.NamePart.FindStringSubmatch(typed)
	if m == nil || !strings.HasPrefix(typed, m[1]) {
		return false
	}
	plain := text.Squash(m[1])
	called := func(f catalog.Field) bool {
		return text.Squash(f.Name) == plain || slices.ContainsFunc(f.Aliases, func(a string) bool { return text.Squash(a) == plain })
	}
	return slices.Contains([]string{catalog.ReasonParam, catalog.TicketParam, catalog.ForParam}, plain) || slices.ContainsFunc(c.Commands(), func(cmd *catalog.Command) bool {
		return slices.ContainsFunc(cmd.Fields, catalog.Field.MayHide) && slices.ContainsFunc(cmd.Fields, called)
	})
}

// wholly tells whether whatever stands under this name is a secret.
func wholly(c *catalog.Catalog, name string) bool {
	return slices.ContainsFunc(c.Commands(), func(cmd *catalog.Command) bool {
		f, ok := cmd.Lookup(name)
		return ok && f.Type.Secret
	})
}
