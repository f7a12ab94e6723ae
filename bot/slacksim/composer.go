package slacksim

import (
	"regexp"
	"strings"
)

// What a person types becomes a text and, beside it, a rich_text block that shows how it looks: mentions are elements of type user,
// code and quotations are styles and containers of their own, and inside code a mention stays the text <@U…>, for which Slack sends
// app_mention all the same [docs.slack.dev/reference/block-kit/blocks/rich-text-block, …/block-elements/user-element; a mention in
// code as vercel/chat#947 shows it].

// compose is the text of a message and the elements of its rich_text block.
func (ws *Workspace) compose(s string) (written string, typed []any) {
	var text []string
	for i, part := range strings.Split(s, "```") {
		if i%2 == 1 && strings.Count(s, "```") > i {
			marked := ws.marked(strings.Trim(part, "\n"), false)
			text = append(text, "```"+marked+"```")
			typed = append(typed, container("rich_text_preformatted", []any{textElement(unescape(marked))}))
			continue
		}
		marked, elements := ws.paragraphs(part)
		text, typed = append(text, marked), append(typed, elements...)
	}
	return strings.Join(text, ""), typed
}

// paragraphs are the quotations, the lists and what stands between them.
func (ws *Workspace) paragraphs(s string) (written string, typed []any) {
	var text []string
	var plain []string
	flush := func() {
		if len(plain) > 0 {
			marked, inlines := ws.inlines(strings.Join(plain, "\n"))
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
			marked, inlines := ws.inlines(strings.TrimPrefix(quote, " "))
			text, typed = append(text, "&gt; "+marked), append(typed, container("rich_text_quote", inlines))
			continue
		}
		marked, inlines := ws.inlines(item)
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
func (ws *Workspace) inlines(s string) (written string, typed []any) {
	at := 0
	for _, span := range append(inCode.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		marked := ws.marked(s[at:span[0]], false)
		written, typed = written+marked, append(typed, tokenElements(marked)...)
		if at = span[1]; span[0] < span[1] {
			code := ws.marked(s[span[0]+1:span[1]-1], false)
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

func textElement(s string) map[string]any { return map[string]any{"type": "text", "text": s} }

func container(kind string, elements []any) map[string]any {
	return map[string]any{"type": kind, "elements": elements}
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// Edits changes a message that the person wrote. Slack sends the mention in it once more, under an event id of its own and with
// `edited` in it (PostHog/posthog#59517, slack-go/slack#1256).
func (p *Person) Edits(m Message, text string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	at, _, err := m.locate(p.ws, p.user())
	if err != nil {
		return err
	}
	if at.message.User != p.id {
		return cannot("cant_update_message", "%s did not write this", p.user().Name)
	}
	written, typed := p.ws.compose(text)
	at.message.typed = typed
	p.ws.edit(at.channel, at.message, content{text: written})
	p.ws.announce(p.user(), at.channel, at.message, map[string]any{"edited": map[string]any{"user": p.id, "ts": p.ws.newTS()}})
	return nil
}

// An App is another app of the workspace, which posts messages.
type App struct {
	Name    string
	BotID   string // B…; none for apps that post with a person's token and show no bot
	Subtype string // bot_message, of incoming webhooks and classic apps
}

// Posts has an app post into a channel in the name of a user: its own bot user, or a person whose token it has. Slack sends the
// app's marks along [docs.slack.dev/reference/events/message/bot_message, …/tools/node-slack-sdk AppMentionEvent].
func (app App) Posts(ws *Workspace, where, inNameOf, text string) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	u, ok := ws.users.find(inNameOf)
	c, known := ws.channels.find(where)
	if !ok || !known {
		return cannot("channel_not_found", "there is no %s or no %s", where, inNameOf)
	}
	marks := map[string]any{"app_id": "A0" + strings.ToUpper(app.Name)}
	if app.BotID != "" {
		marks["bot_id"] = app.BotID
		marks["bot_profile"] = map[string]any{"id": app.BotID, "app_id": marks["app_id"], "name": app.Name, "deleted": false, "team_id": ws.opts.TeamID}
	}
	if app.Subtype != "" {
		marks["subtype"], marks["username"] = app.Subtype, app.Name
	}
	written, typed := ws.compose(text)
	ws.announce(u, c, ws.post(c, u, content{text: written, typed: typed}), marks)
	return nil
}
