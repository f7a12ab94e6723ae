package methods_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
	"s1bot/bot/slacksim/webapi"
)

func TestTheWebAPIRefusesInSlacksWords(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	s.AddChannel(slacksim.Channel{Name: "secret", Private: true, NoBot: true, Members: []string{"alice"}})
	s.AddChannel(slacksim.Channel{Name: "old"})
	s.Archive("#old")
	s.AddUser(slacksim.User{Name: "dave", IsRestricted: true})
	simtest.Must(t, s.User("alice").Types("#soc", "alice's own"))
	hers := s.User("alice").Sees("#soc")[0].TS
	big := `[{"type":"section","text":{"type":"mrkdwn","text":"` + strings.Repeat("x", 2990) + `"}}]`
	five := strings.TrimSuffix(big, "]") + "," + strings.Repeat(big[1:len(big)-1]+",", 3) + big[1:]
	for _, tc := range []struct {
		method, args, want string
	}{
		{"chat.dance", "", "unknown_method"},
		{"chat.postMessage", "text=x", "invalid_arguments"},
		{"chat.postMessage", "channel=C0NOWHERE&text=x", "channel_not_found"},
		{"chat.postMessage", "channel=SECRET&text=x", "channel_not_found"},
		{"chat.postMessage", "channel=OLD&text=x", "is_archived"},
		{"chat.postMessage", "channel=SOC", "no_text"},
		{"chat.postMessage", "channel=SOC&blocks=nonsense", "invalid_blocks_format"},
		{"chat.postMessage", `channel=SOC&blocks={"type":"divider"}`, "invalid_blocks_format"},
		{"chat.postMessage", `channel=SOC&blocks=["divider"]`, "invalid_blocks_format"},
		{"chat.postMessage", `channel=SOC&blocks=[{"type":"alert"}]`, "invalid_blocks"},
		{"chat.postMessage", "channel=SOC&blocks=" + five, "msg_blocks_too_long"},
		{"chat.postMessage", `channel=SOC&text=x&attachments=[{"blocks":[{"type":"alert"}]}]`, "invalid_attachments"},
		{"chat.postMessage", `channel=SOC&text=x&metadata={"a":1}`, "invalid_metadata_format"},
		{"chat.postMessage", "channel=SOC&text=x&thread_ts=yesterday", "invalid_thread_ts"},
		{"chat.postMessage", "channel=SOC&text=x&thread_ts=1111111111.000001", "thread_not_found"},
		{"chat.postEphemeral", "channel=SOC&user=DAVE&text=x", "user_not_in_channel"},
		{"chat.postEphemeral", "channel=SOC&user=U0NOBODY&text=x", "user_not_in_channel"},
		{"chat.update", "channel=SOC&ts=1111111111.000001&text=x", "message_not_found"},
		{"chat.update", "channel=SOC&ts=HERS&text=x", "cant_update_message"},
		{"chat.update", "channel=soc&ts=HERS&text=x", "channel_not_found"},
		{"chat.delete", "channel=SOC&ts=HERS", "cant_delete_message"},
		{"chat.getPermalink", "channel=SOC&message_ts=1111111111.000001", "message_not_found"},
		{"reactions.add", "channel=SOC&timestamp=HERS&name=Not a name", "invalid_name"},
		{"users.info", "user=U0NOBODY", "user_not_found"},
		{"users.lookupByEmail", "email=nobody@example.com", "users_not_found"},
		{"usergroups.users.list", "usergroup=S0NOTHING", "no_such_subteam"},
		{"bots.info", "bot=B0OTHER", "bot_not_found"},
		{"conversations.info", "channel=SECRET", "channel_not_found"},
		{"conversations.info", "channel=soc", "channel_not_found"},
		{"conversations.list", "types=secret_channel", "invalid_types"},
		{"conversations.list", "cursor=nonsense", "invalid_cursor"},
		{"conversations.open", "", "users_list_not_supplied"},
		{"conversations.open", "users=U0NOBODY", "user_not_found"},
		{"conversations.open", "users=USLACKBOT", "cannot_dm_bot"},
		{"conversations.replies", "channel=SOC&ts=1111111111.000001", "thread_not_found"},
		{"conversations.join", "channel=OLD", "is_archived"},
		{"files.getUploadURLExternal", "filename=a.csv&length=0", "invalid_arguments"},
		{"files.completeUploadExternal", `files=[{"id":"F0NOTHING"}]`, "file_not_found"},
		{"views.open", "view={}", "invalid_arguments"},
	} {
		args := strings.NewReplacer("SECRET", s.ChannelID("secret"), "SOC", s.SOC, "OLD", s.ChannelID("old"), "HERS", hers, "DAVE", s.User("dave").ID()).Replace(tc.args)
		var pairs []string
		for _, pair := range strings.Split(args, "&") {
			if name, value, ok := strings.Cut(pair, "="); ok {
				pairs = append(pairs, name, value)
			}
		}
		if got := s.Fails(tc.method, pairs...); got != tc.want {
			t.Errorf("%s %s: got %s, want %s", tc.method, tc.args[:min(len(tc.args), 60)], got, tc.want)
		}
	}
}

func TestEveryMethodOfTheTableIsThere(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	for name := range webapi.Methods {
		if out := s.API(name); out["error"] == "unknown_method" || out["ok"] == nil {
			t.Errorf("%s: %v", name, out)
		}
	}
}

func TestTokensAreChecked(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	call := func(header, contentType, body string) (*http.Response, map[string]any) {
		r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/auth.test", strings.NewReader(body))
		simtest.Must(t, err)
		r.Header.Set("Content-Type", contentType)
		if header != "" {
			r.Header.Set("Authorization", "Bearer "+header)
		}
		return s.Do(r)
	}
	const form, jsonType = "application/x-www-form-urlencoded", "application/json"
	for _, tc := range []struct{ header, kind, body, want string }{
		{"", form, "", "not_authed"},
		{"xoxb-wrong", form, "", "invalid_auth"},
		{slacksim.AppToken, form, "", "not_allowed_token_type"},
		{"", jsonType, `{"token":"` + slacksim.BotToken + `"}`, "not_authed"},
		{slacksim.BotToken, jsonType, `{"token"`, "invalid_json"},
		{"", form, "token=" + slacksim.BotToken, ""},
		{slacksim.BotToken, jsonType, `{}`, ""},
	} {
		_, out := call(tc.header, tc.kind, tc.body)
		got, _ := out["error"].(string)
		simtest.Equal(t, got, tc.want)
	}
	answer, out := call(slacksim.BotToken, jsonType, `{}`)
	simtest.Equal(t, out["warning"], any("missing_charset"))
	simtest.Equal(t, out["user_id"], any(s.BotUserID()))
	simtest.Contains(t, answer.Header.Get("X-OAuth-Scopes"), "chat:write")
}

func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{Scopes: []string{"users:read", "channels:read", "chat:write"}})
	out := s.API("files.getUploadURLExternal", "filename", "a", "length", "1")
	simtest.Equal(t, out["error"], any("missing_scope"))
	simtest.Equal(t, out["needed"], any("files:write"))
	simtest.Equal(t, out["provided"], any("users:read,channels:read,chat:write"))
	simtest.Equal(t, s.Fails("conversations.list", "types", "private_channel"), "missing_scope")
	if _, shown := simtest.Dig(s.Works("users.info", "user", s.User("alice").ID()), "user", "profile").(map[string]any)["email"]; shown {
		t.Fatal("the address is shown without users:read.email")
	}
	s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	simtest.Equal(t, s.Fails("chat.postMessage", "channel", s.ChannelID("elsewhere"), "text", "x"), "not_in_channel")
}

func TestReadMethodsDoNotReadJSON(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/users.info", strings.NewReader(`{"user":"U0ALICE00"}`))
	simtest.Must(t, err)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
	_, out := s.Do(r)
	simtest.Equal(t, out["error"], any("invalid_arguments"))
	r, err = http.NewRequest(http.MethodGet, s.Server.URL+"/api/users.info?"+url.Values{"user": {"U0ALICE00"}}.Encode(), nil)
	simtest.Must(t, err)
	r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
	_, out = s.Do(r)
	simtest.Equal(t, simtest.Dig(out, "user", "name"), any("alice"))
}

func TestOneMessageASecondAndChannel(t *testing.T) {
	t.Parallel()
	c := simtest.NewClock()
	s := simtest.New(t, slacksim.Options{Now: c.Now, EnforceRates: true})
	other := s.AddChannel(slacksim.Channel{Name: "other"})
	s.Works("chat.postMessage", "channel", s.SOC, "text", "1")
	s.Works("chat.postMessage", "channel", other, "text", "1")
	r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/chat.postMessage?text=2&channel="+s.SOC, nil)
	simtest.Must(t, err)
	r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
	answer, out := s.Do(r)
	simtest.Equal(t, answer.StatusCode, http.StatusTooManyRequests)
	simtest.Equal(t, answer.Header.Get("Retry-After"), "1")
	simtest.Equal(t, out["error"], any("ratelimited"))
	c.Add(time.Second)
	s.Works("chat.postMessage", "channel", s.SOC, "text", "2")
	for range 20 {
		s.Works("users.list")
	}
	simtest.Equal(t, s.Fails("users.list"), "ratelimited")
	s.Works("auth.test")
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	ts := s.Works("chat.postMessage", "channel", s.SOC, "text", strings.Repeat("é", 40001))["ts"].(string)
	m, err := s.WaitMessage(s.Ctx, "#soc", nil)
	simtest.Must(t, err)
	simtest.Equal(t, len([]rune(m.Text)), 40000)
	s.Violated("cut to 40,000")
	simtest.Equal(t, s.Fails("chat.update", "channel", s.SOC, "ts", ts, "text", strings.Repeat("x", 4001)), "msg_too_long")
}

func TestMessagesToAUserOpenADirectMessage(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	dm := s.Works("chat.postMessage", "channel", s.User("alice").ID(), "text", "done")["channel"].(string)
	simtest.Equal(t, simtest.Dig(s.Works("conversations.open", "users", s.User("alice").ID()), "channel", "id"), any(dm))
	simtest.Equal(t, simtest.Dig(s.Works("conversations.info", "channel", dm), "channel", "is_im"), any(true))
	m, err := s.WaitMessage(s.Ctx, "@alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.Text, "done")
}

func TestPeopleAreWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	for name, u := range map[string]slacksim.User{
		"guest":    {IsRestricted: true},
		"single":   {IsRestricted: true, IsUltraRestricted: true},
		"stranger": {IsStranger: true, TZ: "Europe/Berlin"},
		"gone":     {Deleted: true},
		"robot":    {IsBot: true},
	} {
		u.Name = name
		id := s.AddUser(u).ID()
		o := s.Works("users.info", "user", id)["user"]
		simtest.Equal(t, simtest.Dig(o, "is_restricted"), any(u.IsRestricted))
		simtest.Equal(t, simtest.Dig(o, "is_ultra_restricted"), any(u.IsUltraRestricted))
		simtest.Equal(t, simtest.Dig(o, "deleted"), any(u.Deleted))
		simtest.Equal(t, simtest.Dig(o, "is_bot"), any(u.IsBot))
		simtest.Equal(t, simtest.Dig(o, "team_id") == "T0SOC0001", !u.IsStranger)
		simtest.Equal(t, simtest.Dig(o, "is_stranger") == true, u.IsStranger)
	}
	members := s.Works("conversations.members", "channel", s.SOC)["members"].([]any)
	simtest.Equal(t, len(members), 4) // alice, bob, carol, the bot
}

func TestUserGroupsAreListed(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	leads := s.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"bob", "carol"}})
	off := s.AddGroup(slacksim.Group{Handle: "off", Disabled: true})
	groups := s.Works("usergroups.list", "include_users", "true")["usergroups"].([]any)
	simtest.Equal(t, len(groups), 1)
	simtest.Equal(t, simtest.Dig(groups, 0, "handle"), any("soc-leads"))
	simtest.Equal(t, simtest.Dig(groups, 0, "users"), any([]any{"U0BOB0000", "U0CAROL00"}))
	simtest.Equal(t, simtest.Dig(s.Works("usergroups.users.list", "usergroup", leads), "users", 1), any("U0CAROL00"))
	simtest.Equal(t, s.Fails("usergroups.users.list", "usergroup", off), "no_such_subteam")
	free := simtest.New(t, slacksim.Options{FreePlan: true})
	simtest.Equal(t, free.Fails("usergroups.list"), "plan_upgrade_required")
}

func TestListingsComeInPages(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{PageSize: 2})
	names, cursor := []string{}, ""
	for {
		out := s.Works("users.list", "limit", "200", "cursor", cursor)
		for _, m := range out["members"].([]any) {
			names = append(names, simtest.Dig(m, "name").(string))
		}
		if cursor = simtest.Dig(out, "response_metadata", "next_cursor").(string); cursor == "" {
			break
		}
	}
	simtest.Equal(t, names, []string{"slackbot", "s1bot", "alice", "bob", "carol"})
}

func TestHistoryAndReplies(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	parent := s.Works("chat.postMessage", "channel", s.SOC, "text", "parent")["ts"].(string)
	child := s.Works("chat.postMessage", "channel", s.SOC, "text", "child", "thread_ts", parent)["ts"].(string)
	s.Works("chat.postMessage", "channel", s.SOC, "text", "grandchild", "thread_ts", child)
	s.Works("chat.postMessage", "channel", s.SOC, "text", "newest")
	s.Works("chat.postEphemeral", "channel", s.SOC, "text", "psst", "user", s.User("alice").ID())
	simtest.Equal(t, texts(s.Works("conversations.history", "channel", s.SOC)), "newest parent")
	simtest.Equal(t, texts(s.Works("conversations.history", "channel", s.SOC, "oldest", parent)), "newest")
	simtest.Equal(t, texts(s.Works("conversations.replies", "channel", s.SOC, "ts", parent)), "parent child grandchild")
	simtest.Equal(t, simtest.Dig(s.Works("conversations.replies", "channel", s.SOC, "ts", parent), "messages", 0, "reply_count"), any(2.0))
	simtest.Contains(t, s.Works("chat.getPermalink", "channel", s.SOC, "message_ts", child)["permalink"].(string), "thread_ts="+parent)
	s.Works("reactions.add", "channel", s.SOC, "timestamp", parent, "name", "eyes")
	simtest.Equal(t, s.Fails("reactions.add", "channel", s.SOC, "timestamp", parent, "name", "eyes"), "already_reacted")
}

func texts(out map[string]any) string {
	all := []string{}
	for _, m := range out["messages"].([]any) {
		all = append(all, simtest.Dig(m, "text").(string))
	}
	return strings.Join(all, " ")
}

func TestTheBotJoinsPublicChannels(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	id := s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	simtest.Equal(t, simtest.Dig(s.Works("conversations.info", "channel", id), "channel", "is_member"), any(false))
	s.Works("conversations.join", "channel", id)
	simtest.Equal(t, simtest.Dig(s.Works("conversations.info", "channel", id), "channel", "is_member"), any(true))
	simtest.Equal(t, s.Works("conversations.join", "channel", id)["warning"], any("already_in_channel"))
	outside := s.AddChannel(slacksim.Channel{Name: "outside", NoBot: true})
	simtest.Equal(t, s.Fails("conversations.history", "channel", outside), "not_in_channel")
	private := s.AddChannel(slacksim.Channel{Name: "private", Private: true})
	simtest.Equal(t, s.Fails("conversations.join", "channel", private), "method_not_supported_for_channel_type")
	list := s.Works("conversations.list", "types", "public_channel,private_channel")["channels"].([]any)
	simtest.Equal(t, len(list), 4)
}

func TestCallsAreRecordedWithoutTheToken(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	s.Works("chat.postMessage", "channel", s.SOC, "text", "x", "token", slacksim.BotToken)
	s.Fails("users.info", "user", "U0NOBODY")
	calls := s.Calls("")
	simtest.Equal(t, len(calls), 2)
	simtest.Equal(t, calls[0].Args, map[string]string{"channel": s.SOC, "text": "x"})
	simtest.Equal(t, calls[1].Error, "user_not_found")
	call, err := s.WaitCall(s.Ctx, "users.info", nil)
	simtest.Must(t, err)
	simtest.Equal(t, call.Status, 200)
}
