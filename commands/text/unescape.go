package text

import (
	"regexp"
	"strings"
)

// slackEscape is what Slack puts in place of addresses and mentions: <https://host|what was typed>, <@U1|name>, <!here>.
var slackEscape = regexp.MustCompile(`<((?:https?|ftp|tel|mailto|sftp|file|slack):[^<>|]*|[@#][UWCDG][A-Z0-9]*|![a-z_]+(?:\^[A-Za-z0-9{}:_ -]+)*)(?:\|([^<>]*))?>`)

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Unescape gives back what a person typed from what Slack sends for it. Entities come last: a
// mention that somebody typed in letters must not become one.
func Unescape(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return text
	}
	text = slackEscape.ReplaceAllStringFunc(text, func(found string) string {
		m := slackEscape.FindStringSubmatch(found)
		return typed(m[1], m[2])
	})
	return entities.Replace(text)
}

// typed returns what stood where target now is; label is what Slack showed for it.
func typed(target, label string) string {
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		if label != "" {
			return target[:1] + strings.TrimPrefix(label, target[:1])
		}
		return target
	case strings.HasPrefix(target, "!"):
		word, _, _ := strings.Cut(target[1:], "^")
		if label != "" {
			word = label
		}
		return "@" + strings.TrimPrefix(word, "@")
	case label != "":
		return label
	default:
		return strings.TrimPrefix(target, "mailto:")
	}
}
