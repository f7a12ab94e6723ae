package people

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/slacksim"
	"s1bot/bot/webapi"
	"s1bot/s1"
)

// town is people with a clock that a test moves.
type town struct {
	*Directory
	ws    *slacksim.Workspace
	began time.Time
	later atomic.Int64 // nanoseconds: the roster reads the clock in a goroutine of its own
}

func (tw *town) clock() time.Time     { return tw.began.Add(time.Duration(tw.later.Load())) }
func (tw *town) pass(d time.Duration) { tw.later.Add(int64(d)) }

// client speaks to a workspace with the bot's token.
func client(address string) *slack.Client {
	_, api := webapi.New(webapi.Config{Tokens: webapi.Tokens{Bot: s1.NewSecret(slacksim.BotToken)}.Now, Address: address, Timeout: 20 * time.Second})
	return api
}

func settle(t testing.TB, s policy.Settings) *town {
	t.Helper()
	ws := slacksim.New(slacksim.Options{})
	server := httptest.NewServer(ws)
	t.Cleanup(server.Close)
	t.Cleanup(ws.Close)
	for _, u := range []slacksim.User{
		{Name: "alice", TZ: "Europe/Paris"}, {Name: "bob"}, {Name: "guest", IsRestricted: true}, {Name: "visitor", IsUltraRestricted: true},
		{Name: "stranger", IsStranger: true, TeamID: "T0OTHER"}, {Name: "robot", IsBot: true}, {Name: "gone", Deleted: true},
	} {
		u.ID = map[string]string{"alice": "U0ALICE", "bob": "U0BOB", "guest": "U0GUEST", "visitor": "U0VISIT", "stranger": "U0STRANGE", "robot": "U0ROBOT", "gone": "U0GONE"}[u.Name]
		ws.AddUser(u)
	}
	ws.AddGroup(slacksim.Group{ID: "S0LEADS", Handle: "leads", Members: []string{"bob", "guest"}})
	api := client(server.URL + "/api/")
	rules, err := policy.New(s)
	require.NoError(t, err)
	tw := &town{ws: ws, began: time.Now()}
	who, err := api.AuthTestContext(t.Context())
	require.NoError(t, err)
	tw.Directory, err = New(Config{
		API: api, Team: func() string { return who.TeamID }, Policy: func() policy.Policy { return rules }, Now: tw.clock, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	tw.patience = time.Second // too short for any second try
	ctx, stop := context.WithCancel(context.Background())
	var reading sync.WaitGroup
	reading.Go(func() { tw.roster.keep(ctx) })
	t.Cleanup(func() { stop(); reading.Wait() })
	return tw
}

// roles are what somebody has for certain, and the first question about them that has no answer.
func (tw *town) roles(t *testing.T, id string) (names []string, open string) {
	t.Helper()
	tw.pass(2 * lookTTL)
	for _, m := range tw.Who(t.Context(), id).Roles {
		if m.Held.Yes() {
			names = append(names, m.Role)
		}
		open = cmp.Or(open, m.Held.Open())
	}
	return names, open
}

func TestOnlyFullMembersOfThisWorkspaceCount(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"*"})})
	tw.ws.AddUser(slacksim.User{ID: "W0GRID", Name: "grid", TeamID: "T0HOME", Teams: []string{"T0HOME", "T0SOC0001"}})
	tw.ws.AddUser(slacksim.User{ID: "W0ELSE", Name: "elsewhere", TeamID: "T0HOME", Teams: []string{"T0HOME", "T0THIRD"}})
	tw.ws.AddUser(slacksim.User{ID: "W0GUEST", Name: "gridguest", TeamID: "T0HOME", Teams: []string{"T0HOME", "T0SOC0001"}, IsRestricted: true})
	for id, full := range map[string]bool{
		"U0ALICE": true, "U0GUEST": false, "U0VISIT": false, "U0STRANGE": false, "U0ROBOT": false, "U0GONE": false,
		"W0GRID": true, "W0ELSE": false, "W0GUEST": false, "U0NOBODY": false,
	} {
		roles, open := tw.roles(t, id)
		who := tw.Who(t.Context(), id)
		require.Equal(t, full, who.Full.Yes(), id)
		require.Equal(t, !full, who.Full.No(), id)
		require.Equal(t, full, len(roles) == 1, "%s: * means full members alone", id)
		require.Empty(t, open, id)
		require.Equal(t, !full, who.Known().No(), id)
	}
}

func TestRolesComeFromIDsGroupsAndHandles(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"U0BOB", "S0LEADS", "@leads", "@LEADS", "@bob"} {
		tw := settle(t, policy.Settings{Approvers: policy.Members([]string{member})})
		roles, _ := tw.roles(t, "U0BOB")
		require.Equal(t, []string{policy.Approvers}, roles, member)
		roles, open := tw.roles(t, "U0ALICE")
		require.Empty(t, roles, member)
		require.Empty(t, open, member)
	}
}

func TestAGuestHoldsARoleOnlyByUserID(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"S0LEADS"}), Operators: policy.Members([]string{"U0GUEST"})})
	roles, _ := tw.roles(t, "U0GUEST")
	require.Equal(t, []string{policy.Operators}, roles)
	require.True(t, tw.Who(t.Context(), "U0GUEST").Full.No())
}

// Who left has no roles, not even those that name them by their id; a bot has those that do.
func TestWhoLeftHasNoRoles(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"U0BOB", "@leads", "U0GONE"}), Operators: policy.Members([]string{"*", "U0ROBOT"})})
	tw.ws.AddUser(slacksim.User{ID: "U0BOB", Name: "bob", Deleted: true})
	for id, want := range map[string][]string{"U0BOB": nil, "U0GONE": nil, "U0ROBOT": {policy.Operators}} {
		roles, open := tw.roles(t, id)
		require.Equal(t, want, roles, id)
		require.Empty(t, open)
	}
}

// That Slack does not say who belongs to a group isn't yes or no, and the question says why. That the plan has no groups is no.
func TestWhatSlackDoesNotSayIsNotKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault slacksim.Fault
		why   string // empty: an answer, which is that nobody belongs to it
	}{
		"broken":          {slacksim.Fault{Kind: slacksim.FaultError}, "internal_error"},
		"500":             {slacksim.Fault{Kind: slacksim.FaultStatus, Status: 500}, "HTTP 500"},
		"503":             {slacksim.Fault{Kind: slacksim.FaultStatus}, "HTTP 503"},
		"slowed":          {slacksim.Fault{Kind: slacksim.FaultRateLimit, RetryAfter: 30}, "Slack asks the bot to wait"},
		"slowed by proxy": {slacksim.Fault{Kind: slacksim.FaultStatus, Status: 429}, "Slack asks the bot to wait"},
		"missing scope":   {slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"}, "missing_scope"},
		"no permission":   {slacksim.Fault{Kind: slacksim.FaultError, Error: "no_permission"}, "no_permission"},
		"reset":           {slacksim.Fault{Kind: slacksim.FaultReset}, "isn't responding"},
		"half":            {slacksim.Fault{Kind: slacksim.FaultCut}, "isn't responding"},
		"page":            {slacksim.Fault{Kind: slacksim.FaultHTML}, "isn't responding"},
		"blank":           {slacksim.Fault{Kind: slacksim.FaultBlank}, "isn't responding"},
		"no such group":   {slacksim.Fault{Kind: slacksim.FaultError, Error: "no_such_subteam"}, "no_such_subteam"},
		"free plan":       {slacksim.Fault{Kind: slacksim.FaultError, Error: "plan_upgrade_required"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"usergroups.users.list", "usergroups.list"} {
				tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"S0LEADS", "@leads"}), Operators: policy.Members([]string{"U0BOB"})})
				roles, _ := tw.roles(t, "U0BOB")
				require.Equal(t, []string{policy.Operators, policy.Approvers}, roles)
				c.fault.Method, c.fault.Times = method, -1
				tw.ws.Fail(c.fault)
				tw.pass(2 * lookTTL)
				member := tw.Who(t.Context(), "U0BOB").Roles[1].Held
				if method == "usergroups.list" {
					require.True(t, member.Yes(), "the group's id says it all")
					member = tw.through(t.Context(), "@leads", &slack.User{ID: "U0ALICE"}, tw.clock())
				}
				if c.why == "" {
					require.True(t, member.No())
					continue
				}
				require.Contains(t, member.Open(), c.why)
				tw.ws.ClearFaults()
				tw.pass(2 * silenceTTL)
				roles, _ = tw.roles(t, "U0BOB")
				require.Equal(t, []string{policy.Operators, policy.Approvers}, roles, "it says so again")
			}
		})
	}
}

func TestWhomSlackDoesNotKnowNowIsNotAStranger(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"U0BOB"}), Operators: policy.Members([]string{"*"})})
	tw.ws.Fail(slacksim.Fault{Method: "users.info", Kind: slacksim.FaultReset, Times: -1})
	who := tw.Who(t.Context(), "U0BOB")
	require.Contains(t, who.Known().Open(), "I can't look up U0BOB in Slack")
	roles, open := tw.roles(t, "U0BOB")
	require.Empty(t, roles)
	require.Contains(t, open, "I can't look up U0BOB")
	tw.ws.ClearFaults()
	tw.ws.Fail(slacksim.Fault{Method: "users.info", Kind: slacksim.FaultError, Error: "missing_scope", Times: -1})
	require.Contains(t, tw.Who(t.Context(), "U0ALICE").Known().Open(), "missing_scope")
}

func TestAnAnswerAboutNobodyTellsNothing(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"blank": `{}`, "no without a word": `{"ok":false}`, "yes without a person": `{"ok":true}`, "somebody else": `{"ok":true,"user":{"id":"U0ALICE","team_id":"T0SOC0001"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
			t.Cleanup(server.Close)
			tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"U0BOB"}), Operators: policy.Members([]string{"*"})})
			tw.API = client(server.URL)
			tw.roster.api = tw.API
			roles, open := tw.roles(t, "U0BOB")
			require.Empty(t, roles)
			require.Contains(t, open, "I can't look up U0BOB")
		})
	}
}

// Groups are asked about at once: a policy that names many waits for Slack's silence once.
func TestManyGroupsKeepNobodyWaitingForEachOfThem(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"S0LEADS", "S0A", "S0B", "S0C", "S0D", "S0E"})})
	arrived := make(chan struct{}, 6)
	tw.ws.Fail(slacksim.Fault{Method: "usergroups.users.list", Kind: slacksim.FaultHang, Times: -1, If: func(map[string]string) bool {
		arrived <- struct{}{}
		return true
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tw.patience = time.Minute
	var asking sync.WaitGroup
	asking.Go(func() { tw.Who(ctx, "U0BOB") })
	for range 6 {
		<-arrived
	}
	cancel()
	asking.Wait()
}

// A name that is a person's and a group's gives neither a role, and lets neither out of a rule.
func TestANameOfTwoGivesNobodyARole(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"@leads"}), Operators: policy.Members([]string{"U0BOB"})})
	roles, _ := tw.roles(t, "U0BOB")
	require.Equal(t, []string{policy.Operators, policy.Approvers}, roles)
	tw.ws.AddUser(slacksim.User{ID: "U0MALLORY", Name: "Leads"})
	tw.pass(2 * rosterTTL)
	for id, want := range map[string]string{"U0MALLORY": "both a person and a user group", "U0BOB": "both a person and a user group", "U0ALICE": ""} {
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			roles, open := tw.roles(t, id)
			assert.NotContains(c, roles, policy.Approvers, id)
			assert.Contains(c, open, want, id)
		}, patient, time.Millisecond)
	}
	tw.ws.AddUser(slacksim.User{ID: "U0MALLORY", Name: "Leads", Deleted: true})
	tw.pass(2 * rosterTTL)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		roles, _ := tw.roles(t, "U0BOB")
		assert.Contains(c, roles, policy.Approvers, "who left takes no name along")
	}, patient, time.Millisecond)
}

func TestWithoutTheListOfMembersAGroupsNameIsNotCertain(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Approvers: policy.Members([]string{"@leads"})})
	tw.ws.Fail(slacksim.Fault{Method: "users.list", Kind: slacksim.FaultError, Error: "missing_scope", Times: -1})
	_, open := tw.roles(t, "U0BOB")
	require.Contains(t, open, "I can't read the list of members (missing_scope)")
	_, open = tw.roles(t, "U0ALICE")
	require.Empty(t, open, "who is not in the group is not meant in either case")
}

const patient = 10 * time.Second

func TestWhatSlackSaidIsBelievedForAMinuteButNotByAGate(t *testing.T) {
	t.Parallel()
	tw := settle(t, policy.Settings{Operators: policy.Members([]string{"S0LEADS"})})
	for range 5 {
		tw.Who(t.Context(), "U0BOB")
	}
	require.Len(t, tw.ws.Calls("users.info"), 1)
	require.Len(t, tw.ws.Calls("usergroups.users.list"), 1)
	for n := range 3 {
		tw.pass(time.Millisecond)
		gate := tw.Gate(t.Context())
		tw.Afresh(gate, "U0BOB")
		tw.pass(time.Second)
		tw.Afresh(gate, "U0BOB")
		require.Len(t, tw.ws.Calls("users.info"), n+2)
		require.Len(t, tw.ws.Calls("usergroups.users.list"), n+2)
	}
	tw.pass(2 * lookTTL)
	require.Equal(t, "Europe/Paris", tw.Who(t.Context(), "U0ALICE").Zone.String())
}

// Whose look ends before Slack has answered was not told that Slack says nothing, and neither is anybody who asks beside them.
func TestWhoGivesUpLeavesNoSilenceToOthers(t *testing.T) {
	t.Parallel()
	for member, question := range map[string]string{"S0LEADS": "usergroups.users.list", "@leads": "usergroups.list"} {
		tw := settle(t, policy.Settings{Approvers: policy.Members([]string{member})})
		asked, over := make(chan struct{}, 1), make(chan struct{})
		slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, question) {
				select {
				case asked <- struct{}{}:
					<-over
					return
				default:
				}
			}
			tw.ws.ServeHTTP(w, r)
		}))
		t.Cleanup(slow.Close)
		tw.API = client(slow.URL + "/api/")
		tw.patience = 10 * time.Second
		gate := tw.Gate(t.Context()) // bob's click
		tw.pass(time.Second)
		hasty, giveUp := context.WithCancel(tw.Gate(t.Context()))
		var looking sync.WaitGroup
		looking.Go(func() { tw.Afresh(hasty, "U0ALICE") })
		<-asked
		giveUp()
		looking.Wait()
		close(over)
		require.Empty(t, cmp.Or(openOf(tw.Afresh(gate, "U0BOB"))...), member)
	}
}

// openOf are the questions about a person that have no answer.
func openOf(p workflow.Person) []string {
	all := []string{""}
	for _, m := range p.Roles {
		all = append(all, m.Held.Open())
	}
	return all
}
