package composer

import (
	"regexp"
	"slices"
	"strings"
)

// markable are the parts of a typed text that Slack turns into something else.
var markable = regexp.MustCompile(`<[@#!][^<>\s]+>|<https?://[^<>\s]+>|<mailto:[^<>\s]+>|https?://[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.-]+|[@#][\w.-]*\w`)

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// marked is what Slack makes of a typed text: names become mentions, addresses become links, the
// rest is escaped. In commands, mentions carry the name.
func (c Composer) marked(s string, withNames bool) string {
	var out strings.Builder
	at := 0
	for _, span := range markable.FindAllStringIndex(s, -1) {
		out.WriteString(escapes.Replace(s[at:span[0]]))
		out.WriteString(c.mark(s[span[0]:span[1]], withNames))
		at = span[1]
	}
	out.WriteString(escapes.Replace(s[at:]))
	return out.String()
}

// mark turns one of these parts into Slack's mark for it.
func (c Composer) mark(token string, withNames bool) string {
	switch {
	case strings.HasPrefix(token, "<@"), strings.HasPrefix(token, "<#"):
		return c.mention(token[1:2]+strings.Trim(token, "<@#>"), token, withNames)
	case strings.HasPrefix(token, "<"):
		return token
	case strings.HasPrefix(token, "http"):
		return "<" + escapes.Replace(token) + ">"
	case token[0] == '@' || token[0] == '#':
		return c.mention(token, token, withNames)
	}
	return "<mailto:" + token + "|" + token + ">"
}

// mention turns "@alice" or "@U0ALICE00" into <@U0ALICE00>; what is nobody's name stays.
func (c Composer) mention(name, otherwise string, withNames bool) string {
	suffix := func(label string) string {
		if withNames {
			return "|" + label
		}
		return ""
	}
	bare, _, _ := strings.Cut(name[1:], "|")
	if name[0] == '#' {
		if id, label, ok := c.Names.Channel(bare); ok {
			return "<#" + id + suffix(label) + ">"
		}
		return otherwise
	}
	if id, handle, ok := c.Names.User(bare); ok {
		return "<@" + id + suffix(handle) + ">"
	}
	if id, handle, ok := c.Names.Group(bare); ok {
		return "<!subteam^" + id + suffix("@"+handle) + ">"
	}
	if slices.Contains([]string{"here", "channel", "everyone"}, bare) {
		return "<!" + bare + ">"
	}
	return otherwise
}

// Command is the text of a command. Without should_escape, mentions and links stay as they were
// typed; & < > are escaped either way.
func (c Composer) Command(s string, escaped bool) string {
	if escaped {
		return c.marked(s, true)
	}
	plain := markable.ReplaceAllStringFunc(s, func(token string) string {
		if !strings.HasPrefix(token, "<@") && !strings.HasPrefix(token, "<#") {
			return token
		}
		id, _, _ := strings.Cut(strings.Trim(token, "<@#>"), "|")
		if found, handle, ok := c.Names.User(id); ok && found == id {
			return "@" + handle
		}
		if found, label, ok := c.Names.Channel(id); ok && found == id {
			return "#" + label
		}
		return token
	})
	return escapes.Replace(plain)
}
