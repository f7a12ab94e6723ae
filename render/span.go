package render

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// Slack's ids: people U or W, channels C, G or D, user groups S.
var (
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)
	channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{1,30}$`)
	groupID   = regexp.MustCompile(`^S[A-Z0-9]{1,30}$`)
)

// none stands where there is nothing to show. The two formats are Slack's own words for dates,
// which it fills in for each reader.
const (
	none       = "—"
	dateFormat = "{date_short_pretty} {time}"
	// Slack writes "Today" where a template begins with the day, also in the middle of a line: "isolated until Today". Behind the time of day it is
	// "14:02 today".
	insideFormat = "{time} {date_short_pretty}"
	agoFormat    = "{ago}"
)

// A linker knows which addresses may become links.
//
// An address in a result is an attacker's until proven otherwise: a link in a card of the bot's
// would be clicked. Only the console's hosts are taken, by comparing the host and not the beginning
// of the text.
type linker struct{ consoles []string } // their hosts

func newLinker(o Options) (l linker) {
	for _, address := range append([]string{o.ConsoleURL}, o.Others...) {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			l.consoles = append(l.consoles, u.Host)
		}
	}
	return l
}

// allows says that address leads to a console, over https or to this machine.
func (l linker) allows(address string) bool {
	if len(l.consoles) == 0 || len(address) > maxURL || strings.ContainsFunc(address, badInURL) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil || !slices.ContainsFunc(l.consoles, func(host string) bool { return strings.EqualFold(u.Host, host) }) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

// allowsMessage says that a permalink is an address that a link can hold.
func allowsMessage(address string) bool {
	if len(address) > maxURL || strings.ContainsFunc(address, badInURL) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.User == nil && (u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && loopback(u.Hostname()))
}

// badInURL tells characters that would end a link in mrkdwn or are read differently by different parsers.
func badInURL(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`<>|"\^`+"`{}", r)
}

// loopback tells this machine's own addresses, for the demo and tests; elsewhere http is no link.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// settled is s with what may not be shown as meant turned into plain text: links that lead elsewhere, ids that are none,
// moments that Slack's clock does not know. What comes out can be drawn without further questions.
func (l linker) settled(s Span) Span {
	switch s.Kind {
	case LinkSpan:
		if l.allows(s.URL) {
			return Link(or(line(s.Text), s.URL), s.URL)
		}
		return Text(line(or(s.Text, s.URL)))
	case MessageSpan:
		if allowsMessage(s.URL) {
			return MessageLink(or(line(s.Text), s.URL), s.URL)
		}
		return Text(line(s.Text))
	case UserSpan:
		return known(s, userID, "@")
	case ChannelSpan:
		return known(s, channelID, "#")
	case GroupSpan:
		return known(s, groupID, "@")
	case AtSpan, SinceSpan:
		if s.Time.Unix() < 1 || s.Time.Year() > 9999 { // the console's "never" is 1970
			return Text(none)
		}
		return s
	case BoldSpan, MonoSpan:
		return Span{Kind: s.Kind, Text: line(s.Text)}
	}
	return Text(line(s.Text))
}

// known is s if it has an id that Slack could know, and else its id as text.
func known(s Span, id *regexp.Regexp, sign string) Span {
	switch {
	case id.MatchString(s.ID):
		return Span{Kind: s.Kind, ID: s.ID}
	case s.ID == "":
		return Text("")
	}
	return Text(sign + line(s.ID))
}

// words is what a settled span says where there are no people, links or zones.
func (s Span) words() string {
	switch s.Kind {
	case UserSpan:
		return "@" + s.ID
	case ChannelSpan:
		return "#" + s.ID
	case GroupSpan:
		return "@" + s.ID
	case AtSpan, SinceSpan:
		return stamp(s.Time)
	}
	return s.Text
}

// stamp is a moment in words that mean the same to every reader.
func stamp(t time.Time) string {
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// template is how Slack writes a moment.
func (s Span) template() string {
	switch {
	case s.Kind == SinceSpan:
		return agoFormat
	case s.inside:
		return insideFormat
	}
	return dateFormat
}

// rich is a settled span as an element of rich text, cut to n characters; the length that it took is returned.
func (s Span) rich(n int) (slack.RichTextSectionElement, int) {
	switch s.Kind {
	case UserSpan:
		return slack.NewRichTextSectionUserElement(s.ID, nil), len(s.ID)
	case ChannelSpan:
		return slack.NewRichTextSectionChannelElement(s.ID, nil), len(s.ID)
	case GroupSpan:
		return slack.NewRichTextSectionUserGroupElement(s.ID), len(s.ID)
	case AtSpan, SinceSpan:
		fallback := stamp(s.Time)
		return slack.NewRichTextSectionDateElement(s.Time.Unix(), s.template(), nil, &fallback), len(fallback)
	}
	text := Cut(s.Text, n)
	if text == "" {
		return nil, 0
	}
	if s.Kind == LinkSpan || s.Kind == MessageSpan {
		return slack.NewRichTextSectionLinkElement(s.URL, text, nil), length(text)
	}
	return slack.NewRichTextSectionTextElement(text, s.style()), length(text)
}

// style is nil for plain text, which Slack wants without a style object.
func (s Span) style() *slack.RichTextSectionTextStyle {
	switch s.Kind {
	case BoldSpan:
		return &slack.RichTextSectionTextStyle{Bold: true}
	case MonoSpan:
		return &slack.RichTextSectionTextStyle{Code: true}
	}
	return nil
}

// markdown is a settled span as verbatim mrkdwn; ok is false if its text might be read as anything
// but itself.
//
// Verbatim keeps Slack from making links of bare addresses and mentions of bare names; what stands
// in <…> is still read, which is why text with one of these characters is not harmless.
func (s Span) markdown() (text string, ok bool) {
	switch s.Kind {
	case UserSpan:
		return "<@" + s.ID + ">", true
	case ChannelSpan:
		return "<#" + s.ID + ">", true
	case GroupSpan:
		return "<!subteam^" + s.ID + ">", true
	case AtSpan, SinceSpan:
		return fmt.Sprintf("<!date^%d^%s|%s>", s.Time.Unix(), s.template(), stamp(s.Time)), true
	}
	if !harmless(s.Text) {
		return "", false
	}
	switch s.Kind {
	case LinkSpan, MessageSpan:
		return "<" + entities.Replace(s.URL) + "|" + strings.ReplaceAll(s.Text, "|", "/") + ">", true
	case BoldSpan:
		return around(s.Text, "*"), true
	case MonoSpan:
		return around(s.Text, "`"), true
	}
	return s.Text, true
}

// around puts marks next to the text of s, not next to the spaces around it, where Slack would not read them.
func around(s, mark string) string {
	text := strings.TrimSpace(s)
	if text == "" {
		return s
	}
	return strings.Replace(s, text, mark+text+mark, 1)
}

// settle settles every span of l.
func (k linker) settle(l Line) Line {
	out := make(Line, len(l))
	for i, s := range l {
		out[i] = k.settled(s)
		out[i].inside = i > 0
	}
	return out
}

// rich is a settled line as elements of rich text, at most n characters long, and the length that it took.
func (l Line) rich(n int) (out []slack.RichTextSectionElement, used int) {
	if strings.TrimSpace(l.words()) == "" {
		l = Line{Text(none)}
	}
	for _, s := range l {
		if used >= n-1 {
			out = append(out, slack.NewRichTextSectionTextElement("…", nil))
			break
		}
		e, took := s.rich(n - 1 - used)
		if e != nil {
			out = append(out, e)
		}
		used += took
	}
	return out, used
}

// markdown is a settled line as verbatim mrkdwn, if all of it can be.
func (l Line) markdown() (string, bool) {
	var b strings.Builder
	for _, s := range l {
		text, ok := s.markdown()
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// words is a settled line as plain text.
func (l Line) words() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.words())
	}
	return b.String()
}
