package composer

import (
	"regexp"
	"strings"
)

// Message is the text of a message and the elements of its rich_text block.
//
// Both are made from one reading of the text, so they can't disagree, as a client's never do.
func (c Composer) Message(s string) (written string, typed []any) {
	var text []string
	for i, part := range strings.Split(s, "```") {
		if i%2 == 1 && strings.Count(s, "```") > i {
			marked := c.marked(strings.Trim(part, "\n"), false)
			text = append(text, "```"+marked+"```")
			typed = append(typed, container("rich_text_preformatted", []any{textElement(unescape(marked))}))
			continue
		}
		marked, elements := c.paragraphs(part)
		text, typed = append(text, marked), append(typed, elements...)
	}
	return strings.Join(text, ""), typed
}

// paragraphs are the quotations, the lists and what stands between them.
func (c Composer) paragraphs(s string) (written string, typed []any) {
	var text []string
	var plain []string
	flush := func() {
		if len(plain) > 0 {
			marked, inlines := c.inlines(strings.Join(plain, "\n"))
			text, typed, plain = append(text, marked), append(typed, container("rich_text_section", inlines)), nil
		}
	}
	for line := range strings.SplitSeq(s, "\n") {
		quote, isQuote := strings.CutPrefix(line, ">")
		item, isItem := strings.CutPrefix(line, "• ")
		if !isQuote && !isItem {
			plain = append(plain, line)
			continue
		}
		flush()
		if isQuote {
			marked, inlines := c.inlines(strings.TrimPrefix(quote, " "))
			text, typed = append(text, "&gt; "+marked), append(typed, container("rich_text_quote", inlines))
			continue
		}
		marked, inlines := c.inlines(item)
		list := container("rich_text_list", []any{container("rich_text_section", inlines)})
		list["style"], list["indent"] = "bullet", 0
		text, typed = append(text, "• "+marked), append(typed, list)
	}
	flush()
	return strings.Join(text, "\n"), typed
}

var (
	inCode = regexp.MustCompile("`[^`\n]+`")
	tokens = regexp.MustCompile(`<[^<>]+>`)
)

// inlines are the elements of a section: texts, code, mentions, links.
func (c Composer) inlines(s string) (written string, typed []any) {
	at := 0
	for _, span := range append(inCode.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		marked := c.marked(s[at:span[0]], false)
		written, typed = written+marked, append(typed, tokenElements(marked)...)
		if at = span[1]; span[0] < span[1] {
			code := c.marked(s[span[0]+1:span[1]-1], false)
			element := textElement(unescape(code))
			element["style"] = map[string]any{"code": true}
			written, typed = written+"`"+code+"`", append(typed, element)
		}
	}
	return written, typed
}

// tokenElements are those of a text with Slack's marks in it.
func tokenElements(marked string) []any {
	found, at := []any{}, 0
	for _, span := range append(tokens.FindAllStringIndex(marked, -1), []int{len(marked), len(marked)}) {
		if plain := marked[at:span[0]]; plain != "" {
			found = append(found, textElement(unescape(plain)))
		}
		if at = span[1]; span[0] < span[1] {
			found = append(found, tokenElement(marked[span[0]+1:span[1]-1]))
		}
	}
	return found
}

// tokenElement is what stands between < and >.
func tokenElement(token string) map[string]any {
	target, label, _ := strings.Cut(token, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return map[string]any{"type": "user", "user_id": target[1:]}
	case strings.HasPrefix(target, "#"):
		return map[string]any{"type": "channel", "channel_id": target[1:]}
	case strings.HasPrefix(target, "!subteam^"):
		return map[string]any{"type": "usergroup", "usergroup_id": strings.TrimPrefix(target, "!subteam^")}
	case strings.HasPrefix(target, "!"):
		return map[string]any{"type": "broadcast", "range": target[1:]}
	}
	link := map[string]any{"type": "link", "url": unescape(target)}
	if label != "" {
		link["text"] = label
	}
	return link
}

// textElement is a run of plain text.
func textElement(s string) map[string]any { return map[string]any{"type": "text", "text": s} }

func container(kind string, elements []any) map[string]any {
	return map[string]any{"type": kind, "elements": elements}
}

// unescape undoes the three entities; the text of an element has none.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
