package setup

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/bot/webapi"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands"
	"s1bot/s1"
)

// checked is what `s1bot check` says of a Slack, by what it tests: "ok: …" or why it fails.
func checked(t *testing.T, s *webapitest.Slack, channels map[string]string, members ...string) map[string]string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	said := map[string]string{}
	for _, f := range (Checkup{
		Tokens: webapi.Tokens{App: s1.NewSecret("xapp-1"), Bot: s1.NewSecret("xoxb-1")}, APIURL: server.URL + "/api/", Channels: channels, Members: policy.Members(members),
	}).Run(t.Context()) {
		said[f.What] = "ok: " + f.Note
		if f.Err != nil {
			said[f.What] = f.Err.Error()
		}
	}
	return said
}

// granted is an answer that names scopes of the token.
func granted(scopes []string) webapitest.Answer {
	return func(webapitest.Call) (int, http.Header, string, error) {
		return http.StatusOK, http.Header{"X-Oauth-Scopes": {strings.Join(scopes, ", ")}}, `{"ok":true,"user":"s1bot","team":"SOC"}`, nil
	}
}

func TestAGoodSetupIsSaidToBeGood(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("auth.test", granted(Scopes()))
	s.On("conversations.info", webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"approve","is_member":true}}`))
	s.On("chat.postMessage", webapitest.No("no_text"))
	s.On("users.info", webapitest.OK(`{"ok":true,"user":{"id":"U1","name":"alice"}}`))
	said := checked(t, s, map[string]string{"S1BOT_APPROVALS_CHANNEL": "C1"}, "U1")
	for what, is := range said {
		require.True(t, strings.HasPrefix(is, "ok: "), "%s: %s", what, is)
	}
	require.Equal(t, "ok: s1bot in SOC", said["Slack bot token"])
	require.Equal(t, "ok: direct messages work", said["Slack Messages tab"])
	require.Equal(t, "ok: #approve, the bot is a member", said["S1BOT_APPROVALS_CHANNEL"])
	require.Equal(t, "ok: alice", said["role member U1"])
	require.Empty(t, s.Calls("chat.delete"))
}

func TestMissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("auth.test", granted(slices.DeleteFunc(Scopes(), func(scope string) bool { return scope == "files:read" })))
	require.Equal(t, "files:read missing: update the app with `s1bot manifest` and install it again", checked(t, s, nil)["Slack scopes"])
	s.On("auth.test")
	require.Equal(t, "ok: Slack doesn't list them here", checked(t, s, nil)["Slack scopes"])
}

// Without the bot's token nothing else can be asked: it is said of each, and nothing is claimed to be well.
func TestWithoutTheBotTokenTheRestIsUntested(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("auth.test", webapitest.No("invalid_auth"))
	said := checked(t, s, map[string]string{"S1BOT_THREATS_CHANNEL": "C1"}, "U1")
	require.Contains(t, said["Slack bot token"], "copy the bot token again")
	for _, what := range []string{"Slack scopes", "Slack Messages tab", "S1BOT_THREATS_CHANNEL"} {
		require.Equal(t, errUntested.Error(), said[what], what)
	}
	require.Equal(t, "ok: Socket Mode connects", said["Slack app token"], "it is a token of its own")
	require.Empty(t, s.Calls("conversations.info", "chat.postMessage"))
}

func TestAMentionThatCallsNobodyFails(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("usergroups.list", webapitest.OK(`{"ok":true,"usergroups":[{"id":"S0ONCALL","handle":"oncall"}]}`))
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	said := map[string]error{}
	for _, f := range (Checkup{
		Tokens: webapi.Tokens{App: s1.NewSecret("xapp-1"), Bot: s1.NewSecret("xoxb-1")}, APIURL: server.URL + "/api/", Mentions: policy.Members([]string{"@oncall", "@ann"}),
	}).Run(t.Context()) {
		said[f.What] = f.Err
	}
	require.Contains(t, said, "mention @oncall")
	require.NoError(t, said["mention @oncall"])
	require.ErrorContains(t, said["mention @ann"], "nobody is mentioned")
}

func TestAnAppTokenThatOpensNothingFails(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("apps.connections.open", webapitest.No("not_allowed_token_type"))
	require.Contains(t, checked(t, s, nil)["Slack app token"], "connections:write")
}

func TestEachTroubleOfAChannelHasItsAdvice(t *testing.T) {
	t.Parallel()
	for want, answer := range map[string]webapitest.Answer{
		"#old is archived": webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"old","is_archived":true,"is_member":true}}`),
		"C1 is a direct message: use a channel instead": webapitest.OK(`{"ok":true,"channel":{"id":"C1","is_im":true}}`),
		"#secret is private and the bot is not":         webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"secret","is_private":true}}`),
		"the bot is not a member of #soc: type":         webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"soc"}}`),
		"if the channel is private, invite the bot":     webapitest.No("channel_not_found"),
		"update the app with `s1bot manifest`":          webapitest.No("missing_scope"),
		"Slack doesn't say whether C1 is there":         webapitest.No("team_access_not_granted"),
		"ok: #fine, the bot is a member":                webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"fine","is_member":true}}`),
		"ok: #fine-and-private, the bot is a member":    webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"fine-and-private","is_member":true,"is_private":true}}`),
		"#both is archived: choose another channel, ":   webapitest.OK(`{"ok":true,"channel":{"id":"C1","name":"both","is_archived":true,"is_private":true}}`),
	} {
		s := webapitest.New()
		s.On("conversations.info", answer)
		require.Contains(t, checked(t, s, map[string]string{"S1BOT_ALERTS_CHANNEL": "C1"})["S1BOT_ALERTS_CHANNEL"], want)
	}
}

// An empty message is never posted, and how Slack refuses it tells whether direct messages are on. Should it be posted, it is taken back.
func TestTheMessagesTabIsTestedWithoutAMessage(t *testing.T) {
	t.Parallel()
	for want, answer := range map[string]webapitest.Answer{
		"ok: direct messages work":      webapitest.No("no_text"),
		"turn on App Home":              webapitest.No("messages_tab_disabled"),
		"`s1bot manifest`":              webapitest.No("missing_scope"),
		"ok: not tested: Slack answere": webapitest.No("user_disabled"),
	} {
		s := webapitest.New()
		s.On("chat.postMessage", answer)
		require.Contains(t, checked(t, s, nil, "S0SOC", "U1")["Slack Messages tab"], want)
		require.Equal(t, "U1", s.Calls("chat.postMessage")[0].Get("channel"), "a person is nearer than a group")
		require.Empty(t, s.Calls("chat.delete"))
	}
	s := webapitest.New()
	require.Equal(t, "ok: direct messages work", checked(t, s, nil, "U1")["Slack Messages tab"])
	require.Len(t, s.Calls("chat.delete"), 1)
	require.Equal(t, "ok: not tested: no role names a person", checked(t, webapitest.New(), nil, "*")["Slack Messages tab"])
	s = webapitest.New()
	s.On("usergroups.users.list", webapitest.OK(`{"ok":true,"users":["U7"]}`))
	s.On("chat.postMessage", webapitest.No("no_text"))
	checked(t, s, nil, "S0SOC")
	require.Equal(t, "U7", s.Calls("chat.postMessage")[0].Get("channel"))
}

// Each scope of the manifest has a method or an event that needs it, and each event a scope that allows it.
func TestTheManifestAsksForNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	body, err := Manifest(commands.All())
	require.NoError(t, err)
	var m struct {
		DisplayInformation struct {
			Long string `json:"long_description"`
		} `json:"display_information"`
		Features struct {
			Home      map[string]bool `json:"app_home"`
			Shortcuts []struct{ Name, Type, Description string }
			Slash     []struct {
				Command, Description string
				Escape               bool `json:"should_escape"`
			} `json:"slash_commands"`
		}
		Config   struct{ Scopes struct{ Bot []string } } `json:"oauth_config"`
		Settings struct {
			Events struct {
				Bot []string `json:"bot_events"`
			} `json:"event_subscriptions"`
			SocketMode bool `json:"socket_mode_enabled"`
		}
	}
	require.NoError(t, json.Unmarshal(body, &m))
	require.Equal(t, map[string]bool{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false}, m.Features.Home)
	require.True(t, m.Settings.SocketMode)
	require.Len(t, m.Features.Slash, 1)
	require.True(t, m.Features.Slash[0].Escape, "mentions and links come as what they are")
	require.LessOrEqual(t, len(m.Features.Slash[0].Description), 2000)
	require.GreaterOrEqual(t, len(m.DisplayInformation.Long), 174, "Slack wants at least that much")
	for _, shortcut := range m.Features.Shortcuts {
		require.LessOrEqual(t, len([]rune(shortcut.Name)), 24, shortcut.Name)
	}
	var needs []string
	for _, p := range Permissions() {
		require.NotEmpty(t, p.Needs, p.Scope)
		require.NotEmpty(t, p.Why, p.Scope)
		needs = append(needs, p.Needs...)
	}
	require.Equal(t, Scopes(), m.Config.Scopes.Bot)
	for _, event := range m.Settings.Events.Bot {
		if event != "app_home_opened" { // it needs none
			require.Contains(t, needs, event)
		}
	}
}
