package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/webapi/webapitest"
	"s1bot/render"
)

// A board is where operators read, a trail, and a search: what was posted stands in it as "channel: words".
type board struct {
	posted  []string
	shut    []string
	noted   []json.RawMessage
	broken  error
	already bool // a card with the key is there
}

func (b *board) Post(_ context.Context, channel, _, _ string, card render.Card) (string, string, error) {
	if slices.Contains(b.shut, channel) {
		return "", "", errors.New("not_in_channel")
	}
	words := card.Text
	for _, p := range card.Parts {
		if line, ok := p.(render.Line); ok {
			for _, span := range line {
				words += "|" + span.Text
			}
		}
	}
	b.posted = append(b.posted, channel+": "+words)
	return channel, "1.1", nil
}

func (b *board) Find(context.Context, string, string, string, time.Time) ([]string, error) {
	if b.already {
		return []string{"1.1"}, nil
	}
	return nil, nil
}

func (b *board) Audit(context.Context, approvals.AuditQuery) (approvals.Trail, error) {
	var entries iter.Seq2[approvals.Entry, error] = func(yield func(approvals.Entry, error) bool) {
		for _, detail := range b.noted {
			if !yield(approvals.Entry{Action: rolesTold, Detail: detail}, nil) {
				return
			}
		}
	}
	return approvals.Trail{Entries: entries}, b.broken
}

func (b *board) Note(_ context.Context, _ policy.Person, action string, details map[string]any) error {
	body, err := json.Marshal(details)
	b.noted = append(b.noted, body)
	if action != rolesTold {
		err = fmt.Errorf("noted %q", action)
	}
	return err
}

// What is wrong is said once, in the first channel that takes it, and once when it is well again.
func TestOperatorsHearOnceWhatIsWrong(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"U0ALICE", "@leads"}), Channel: "C0APPROVE"})
	b := &board{}
	o := NewOperators(tw.Directory, b, []string{"C0NEWS"})
	o.Settle(t.Context(), "disk", "fine")
	require.Empty(t, b.posted, "nobody was told that anything was wrong")
	o.Tell(t.Context(), "disk", "the disk is full")
	o.Tell(t.Context(), "disk", "the disk is full")
	o.Tell(t.Context(), "token", "the token ends")
	o.Settle(t.Context(), "disk", "the disk has room")
	o.Settle(t.Context(), "disk", "the disk has room")
	require.Len(t, b.posted, 3)
	require.Contains(t, b.posted[0], "C0APPROVE: the disk is full")
	require.Contains(t, b.posted[2], "C0APPROVE: the disk has room")
	o.Tell(t.Context(), "disk", "full again")
	require.Len(t, b.posted, 4)
}

func TestWhereNoChannelTakesItEachOperatorIsTold(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"U0ALICE", "@leads", "S0LEADS", "@nobody", "*"}), Channel: "C0APPROVE"})
	b := &board{shut: []string{"C0APPROVE"}}
	o := NewOperators(tw.Directory, b, []string{"C0APPROVE", "C0NEWS"})
	o.Tell(t.Context(), "a", "one")
	require.Equal(t, []string{"C0NEWS: one|one"}, b.posted)
	b.shut, b.posted = []string{"C0APPROVE", "C0NEWS"}, nil
	o.Tell(t.Context(), "b", "two")
	require.Equal(t, []string{"U0ALICE: two|two", "U0BOB: two|two", "U0GUEST: two|two"}, b.posted, "each once, whatever names them; who * means is nobody's guess")
}

// A name that stands for nobody gives nobody a role: it is said once, also across restarts, and once when it is mended.
func TestANameThatStandsForNobodyIsToldOnce(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"U0ALICE", "@nobody", "U0GONE"}), Channel: "C0APPROVE"})
	b := &board{}
	watch := func() *RoleWatch {
		return &RoleWatch{Directory: tw.Directory, Operators: NewOperators(tw.Directory, b, nil), Finder: b, Trail: b, Tick: time.Hour}
	}
	require.NoError(t, watch().report(t.Context(), tw.Policy()))
	require.Len(t, b.posted, 1)
	require.Contains(t, b.posted[0], "@nobody|: Neither a person nor a user group has this name")
	require.Contains(t, b.posted[0], "U0GONE")
	require.NotContains(t, b.posted[0], "U0ALICE")
	require.NoError(t, watch().report(t.Context(), tw.Policy()), "another process")
	require.Len(t, b.posted, 1)

	mended, err := policy.New(policy.Settings{Operators: policy.Members([]string{"U0ALICE", "U0GONE"}), Channel: "C0APPROVE"})
	require.NoError(t, err)
	require.NoError(t, watch().report(t.Context(), mended))
	require.Len(t, b.posted, 2)
	require.Contains(t, b.posted[1], "@nobody|: this works again.")
	b.broken = errors.New("disk full")
	require.ErrorContains(t, watch().report(t.Context(), mended), "disk full", "what was told is not known")
	require.Len(t, b.posted, 2)
}

// A process that died may have posted it: the card that is there is not posted again. Where the channel takes none, operators are told.
func TestACardAboutRolesIsPostedOnce(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"@nobody", "U0ALICE"}), Channel: "C0APPROVE"})
	b := &board{already: true}
	w := &RoleWatch{Directory: tw.Directory, Operators: NewOperators(tw.Directory, b, nil), Finder: b, Trail: b, Tick: time.Hour}
	require.NoError(t, w.report(t.Context(), tw.Policy()))
	require.Empty(t, b.posted)
	require.Len(t, b.noted, 1)
	b.already, b.noted, b.shut = false, nil, []string{"C0APPROVE"}
	require.NoError(t, w.report(t.Context(), tw.Policy()))
	require.Len(t, b.posted, 1)
	require.True(t, strings.HasPrefix(b.posted[0], "U0ALICE: "))
	none, err := policy.New(policy.Settings{Operators: policy.Members([]string{"@nobody", "U0ALICE"})})
	require.NoError(t, err)
	b.noted = nil
	require.NoError(t, w.report(t.Context(), none))
	require.Len(t, b.posted, 2, "there is no approvals channel")
}

// What Slack could not be asked is as it was; a scope that is missing does not pass by itself, and is told as what it is.
func TestWhatSlackDoesNotSayChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webapitest.New()
		s.On("users.info", webapitest.Status(503))
		rules, err := policy.New(policy.Settings{Operators: policy.Members([]string{"U0GONE"})})
		require.NoError(t, err)
		w := &RoleWatch{Directory: &Directory{Config: Config{API: s.API(), Now: time.Now}}}
		told := map[string]string{"U0GONE": "deactivated"}
		require.Equal(t, told, w.wrongRoles(t.Context(), rules, told))
		require.Empty(t, w.wrongRoles(t.Context(), rules, nil))
		s.On("users.info", webapitest.No("missing_scope"))
		require.Contains(t, w.wrongRoles(t.Context(), rules, nil)["a scope of the app"], "I can't tell who has a role")
	})
}

// Each member of a role stands for somebody, or it is said why not and what to do.
func TestEachMemberStandsForSomebodyOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("usergroups.list", webapitest.OK(`{"ok":true,"usergroups":[{"id":"S0SOC","handle":"soc"},{"id":"S0EMPTY","handle":"empty"},{"id":"S0TWIN","handle":"twin"}]}`))
	s.On("usergroups.users.list", func(c webapitest.Call) (int, http.Header, string, error) {
		if c.Get("usergroup") == "S0EMPTY" {
			return webapitest.OK(`{"ok":true,"users":[]}`)(c)
		}
		return webapitest.OK(`{"ok":true,"users":["U1","U2"]}`)(c)
	})
	s.On("users.list", webapitest.OK(`{"ok":true,"members":[{"id":"U1","name":"ann"},{"id":"U2","name":"twin"},{"id":"U3","name":"gone","deleted":true}]}`))
	s.On("users.info", annAndGone)
	want := map[string]string{
		"*": "every full member", "U1": "Ann", "U3": "is deactivated", "U9": "nobody has this id", "S0SOC": "user group @soc, 2 members", "S0EMPTY": "has nobody in it",
		"S0GONE": "there is no such user group", "@soc": "user group @soc, 2 members", "@ann": "a person's user name", "@gone": "whoever has this name is deactivated", "@twin": "a person and a user group have this name", "@nobody": "neither a person nor a user group has this name",
	}
	var names []string
	for name := range want {
		names = append(names, name)
	}
	for _, f := range LookUp(t.Context(), s.API(), policy.Members(names)) {
		said := f.Note
		if f.Err != nil {
			said = f.Err.Error()
		}
		require.Contains(t, said, want[string(f.Member)], f.Member)
	}
	s.On("usergroups.list", webapitest.No("plan_upgrade_required"))
	for _, f := range LookUp(t.Context(), s.API(), policy.Members([]string{"S0SOC", "@ann"})) {
		require.Equal(t, string(f.Member) == "S0SOC", f.Err != nil, "a plan without groups has people all the same")
	}
	s.On("usergroups.list", webapitest.No("missing_scope"))
	for _, f := range LookUp(t.Context(), s.API(), policy.Members([]string{"S0SOC", "@ann"})) {
		require.ErrorContains(t, f.Err, "usergroups:read")
	}
}

// annAndGone answers users.info: U1 is Ann, U3 is deactivated, and nobody else is there.
func annAndGone(c webapitest.Call) (int, http.Header, string, error) {
	switch c.Get("user") {
	case "U1":
		return webapitest.OK(`{"ok":true,"user":{"id":"U1","name":"ann","real_name":"Ann"}}`)(c)
	case "U3":
		return webapitest.OK(`{"ok":true,"user":{"id":"U3","name":"gone","deleted":true}}`)(c)
	}
	return webapitest.No("user_not_found")(c)
}

// A route mentions user groups by handle or id and people by id: a person's handle calls nobody.
func TestWhoIsMentionedIsLookedUp(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	s.On("usergroups.list", webapitest.OK(`{"ok":true,"usergroups":[{"id":"S0ONCALL","handle":"oncall"}]}`))
	s.On("users.info", annAndGone)
	told := func(names ...string) (said []string) {
		for _, f := range LookUpMentions(t.Context(), s.API(), policy.Members(names)) {
			said = append(said, f.Note)
			if f.Err != nil {
				said[len(said)-1] = f.Err.Error()
			}
		}
		return said
	}
	for name, want := range map[string]string{
		"@oncall": "user group @oncall", "S0ONCALL": "user group @oncall", "U1": "Ann", "@ann": "no user group has this name", "S0GONE": "no user group has this name",
		"U3": "is deactivated, so nobody is mentioned", "U9": "nobody has this id, so nobody is mentioned",
	} {
		require.Contains(t, told(name)[0], want, name)
	}
	s.On("usergroups.list", webapitest.No("plan_upgrade_required"))
	require.Contains(t, told("@oncall")[0], "mention a person by their id")
	s.On("usergroups.list", webapitest.No("missing_scope"))
	require.Contains(t, told("@oncall")[0], "usergroups:read")
}

// A bot speaks for itself where a role names it by its id; a person's name over an app's words is nobody's word.
func TestABotIsObeyedForItselfAlone(t *testing.T) {
	t.Parallel()
	s := webapitest.New()
	rules, err := policy.New(policy.Settings{Operators: policy.Members([]string{"U0BOT1", "U0ANN"})})
	require.NoError(t, err)
	d := &Directory{Config: Config{API: s.API(), Policy: func() policy.Policy { return rules }, Log: settle(t, policy.Settings{}).Log}}
	bot := func(id, its string, is bool) {
		s.On("users.info", webapitest.OK(fmt.Sprintf(`{"ok":true,"user":{"id":%q,"is_bot":%t,"profile":{"bot_id":%q}}}`, id, is, its)))
	}
	bot("U0BOT1", "B1", true)
	require.True(t, d.Obeyed(t.Context(), "U0BOT1", "B1"))
	require.False(t, d.Obeyed(t.Context(), "U0BOT1", "B2"), "another app in its name")
	require.False(t, d.Obeyed(t.Context(), "U0BOT2", "B1"), "no role names it")
	bot("U0ANN", "", false)
	require.False(t, d.Obeyed(t.Context(), "U0ANN", "B1"), "a person's name over an app's words")
	s.On("users.info", webapitest.No("missing_scope"))
	require.False(t, d.Obeyed(t.Context(), "U0BOT1", "B1"))
}

func TestAGroupIsFoundByItsHandleAndItsID(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{})
	id, found := tw.Group(t.Context(), "LEADS")
	require.True(t, found)
	require.Equal(t, "S0LEADS", id)
	_, found = tw.Group(t.Context(), "nobody")
	require.False(t, found)
	require.Equal(t, "leads", tw.GroupHandle(t.Context(), "S0LEADS"))
	require.Empty(t, tw.GroupHandle(t.Context(), "S0GONE"))
}
