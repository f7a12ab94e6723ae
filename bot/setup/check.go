package setup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/slack-go/slack"

	"s1bot/approvals/policy"
	"s1bot/bot/people"
	"s1bot/bot/post"
	"s1bot/bot/webapi"
)

// A Finding is one line of `s1bot check`: what was tested, and what to do if it failed.
//
// All findings together are the output, in the order in which somebody sets a bot up; one that
// could not be tested says so rather than being left out, for a check that is silent about
// something reads as if it were fine.
type Finding struct {
	What string
	Note string // what was found
	Err  error  // nil if it is fine; its text says what to do
}

// A Checkup is what `s1bot check` tests at Slack.
type Checkup struct {
	Tokens   webapi.Tokens
	APIURL   string
	Channels map[string]string // name of the setting → channel id, those that are set
	Members  []policy.Member
	Mentions []policy.Member // of routes
}

// Run asks Slack about every setting and changes nothing.
//
// The bot's token is first because everything else is asked with it. The app's token is tested on
// its own, and so its finding is there in any case.
func (c Checkup) Run(ctx context.Context) []Finding {
	var seen headers
	_, api := webapi.New(webapi.Config{Tokens: c.Tokens.Now, Address: c.APIURL, Timeout: webapi.ProbeTimeout}, slack.OptionOnResponseHeaders(seen.note))
	app := c.appToken(ctx, api)
	var who *slack.AuthTestResponse
	err := webapi.Probe(ctx, func() (err error) {
		who, err = api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return append([]Finding{{What: "Slack bot token", Err: webapi.Advise(err, "copy the bot token again from OAuth & Permissions")}, app}, c.untested()...)
	}
	findings := []Finding{{What: "Slack bot token", Note: fmt.Sprintf("%s in %s", who.User, who.Team)}, seen.scopes(), app, c.messagesTab(ctx, api)}
	for _, name := range slices.Sorted(maps.Keys(c.Channels)) {
		findings = append(findings, c.channel(ctx, api, name))
	}
	for _, m := range people.LookUp(ctx, api, c.Members) {
		findings = append(findings, Finding{What: "role member " + string(m.Member), Note: m.Note, Err: m.Err})
	}
	for _, m := range people.LookUpMentions(ctx, api, c.Mentions) {
		findings = append(findings, Finding{What: "mention " + string(m.Member), Note: m.Note, Err: m.Err})
	}
	return findings
}

// untested names what cannot be asked without the bot's token.
func (c Checkup) untested() []Finding {
	findings := []Finding{{What: "Slack scopes", Err: errUntested}, {What: "Slack Messages tab", Err: errUntested}}
	for _, name := range slices.Sorted(maps.Keys(c.Channels)) {
		findings = append(findings, Finding{What: name, Err: errUntested})
	}
	return findings
}

var errUntested = errors.New("not tested: the bot token has to work first")

// headers keeps the scopes that Slack names beside each answer.
//
// Slack names a token's scopes nowhere else: no method lists them, the header X-OAuth-Scopes does.
type headers struct {
	mu    sync.Mutex
	value string
}

func (h *headers) note(_ string, header http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if scopes := header.Get("X-OAuth-Scopes"); scopes != "" {
		h.value = scopes
	}
}

// scopes compares the token's scopes with those of the manifest.
//
// More scopes than the manifest's are no finding: the app may be shared with something else.
func (h *headers) scopes() Finding {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := Finding{What: "Slack scopes"}
	if h.value == "" {
		found.Note = "Slack doesn't list them here"
		return found
	}
	have := strings.Split(strings.ReplaceAll(h.value, " ", ""), ",")
	var missing []string
	for _, scope := range Scopes() {
		if !slices.Contains(have, scope) {
			missing = append(missing, scope)
		}
	}
	found.Note = fmt.Sprintf("%d of %d", len(Scopes())-len(missing), len(Scopes()))
	if len(missing) > 0 {
		found.Err = fmt.Errorf("%s missing: update the app with `s1bot manifest` and install it again", strings.Join(missing, ", "))
	}
	return found
}

func (c Checkup) appToken(ctx context.Context, api *slack.Client) Finding {
	found := Finding{What: "Slack app token", Note: "Socket Mode connects"}
	if _, _, err := api.StartSocketModeContext(ctx); err != nil {
		found.Err = webapi.Advise(err, "create an app-level token with connections:write and turn on Socket Mode")
	}
	return found
}

// channel tells whether the bot can post where a setting points, and read back what it posted.
//
// Membership is asked even where chat:write.public lets the bot post without it, for what it posted
// has to be read back.
func (c Checkup) channel(ctx context.Context, api *slack.Client, name string) Finding {
	found, id := Finding{What: name}, c.Channels[name]
	var info *slack.Channel
	err := webapi.Probe(ctx, func() (err error) {
		info, err = api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		return err
	})
	switch {
	case post.RefusedWith(err, "missing_scope"):
		found.Err = webapi.Advise(err, "update the app with `s1bot manifest` and install it again")
	case post.RefusedWith(err, "channel_not_found"):
		found.Err = webapi.Advise(err, "check the id "+id+"; if the channel is private, invite the bot first")
	case err != nil:
		found.Err = webapi.Advise(err, "Slack doesn't say whether "+id+" is there")
	case info.IsArchived:
		found.Err = fmt.Errorf("#%s is archived: choose another channel, or unarchive it", info.Name)
	case info.IsIM || info.IsMpIM:
		found.Err = fmt.Errorf("%s is a direct message: use a channel instead", id)
	case !info.IsMember && info.IsPrivate:
		found.Err = fmt.Errorf("#%s is private and the bot is not a member: type /invite @s1bot there", info.Name)
	case !info.IsMember:
		found.Err = fmt.Errorf("the bot is not a member of #%s: type /invite @s1bot there. It can post without that, but it can't upload files or "+
			"check whether an unconfirmed card was posted", info.Name)
	default:
		found.Note = "#" + info.Name + ", the bot is a member"
	}
	return found
}

// tabAdvice is what turns direct messages on.
const tabAdvice = "turn on App Home › Show Tabs › Messages Tab in the settings of the Slack app, or update the app with `s1bot manifest`"

// messagesTab asks whether direct messages work of the app. No method tells; what Slack says of an
// empty message does, and an empty message is never posted: it is refused with no_text where direct
// messages are on (docs.slack.dev/reference/methods/chat.postMessage).
func (c Checkup) messagesTab(ctx context.Context, api *slack.Client) Finding {
	found := Finding{What: "Slack Messages tab"}
	user := c.somebody(ctx, api)
	if user == "" {
		found.Note = "not tested: no role names a person"
		return found
	}
	var channel, ts string
	err := webapi.Probe(ctx, func() (err error) {
		channel, ts, err = api.PostMessageContext(ctx, user)
		return err
	})
	switch {
	case post.RefusedWith(err, "messages_tab_disabled"):
		found.Err = webapi.Advise(err, tabAdvice)
	case post.RefusedWith(err, "no_text"):
		found.Note = "direct messages work"
	case post.RefusedWith(err, "missing_scope"):
		found.Err = webapi.Advise(err, "update the app with `s1bot manifest` and install it again")
	case err == nil: // Slack would not have
		_, _, _ = api.DeleteMessageContext(ctx, channel, ts)
		found.Note = "direct messages work"
	default:
		found.Note = fmt.Sprintf("not tested: Slack answered %v for %s", err, user)
	}
	return found
}

// somebody is a person whom a role names, by id or through a group; empty if there is none.
func (c Checkup) somebody(ctx context.Context, api *slack.Client) string {
	for _, m := range c.Members {
		if post.IsPerson(string(m)) {
			return string(m)
		}
	}
	for _, m := range c.Members {
		if !m.Group() {
			continue
		}
		var members []string
		err := webapi.Probe(ctx, func() (err error) {
			members, err = api.GetUserGroupMembersContext(ctx, string(m))
			return err
		})
		if err == nil && len(members) > 0 {
			return members[0]
		}
	}
	return ""
}
