package policy

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func policyOf(t *testing.T, operators, approvers string) Policy {
	t.Helper()
	p, err := New(Settings{Operators: Members(strings.Fields(operators)), Approvers: Members(strings.Fields(approvers))})
	require.NoError(t, err)
	return p
}

func TestARulingThatNobodyMadeAllowsNothing(t *testing.T) {
	t.Parallel()
	require.Error(t, Decision{}.Err())
	require.Equal(t, Deny, Policy{}.Decide(Input{Caller: Holding("UALICE", Operators), Risk: RiskRead}).Effect)
}

func TestLimitsAreSettings(t *testing.T) {
	t.Parallel()
	p, err := New(Settings{Operators: []Member{"UALICE"}, Approvers: []Member{"UBOB"}, MaxTargets: 2, MaxPerHour: 3})
	require.NoError(t, err)
	ask := Input{Caller: Holding("UALICE", Operators), Command: "it", Risk: RiskDestructive, Targets: 2}
	require.Equal(t, 1, p.Decide(ask).Quorum)
	ask.LastHour.Targets = 2
	require.Equal(t, 2, p.Decide(ask).Quorum)
	ask.Targets, ask.LastHour.Targets = 3, 0
	require.Equal(t, 2, p.Decide(ask).Quorum)
}

func TestWhoBelongsToARole(t *testing.T) {
	t.Parallel()
	member := member("U1")
	member.Through = map[Member]Answer{"S0SOC": Certain(true), "@soc": Certain(true), "@gone": Certain(false), "S0DARK": CannotTell("dark"), "@dark": CannotTell("dark")}
	visitor, left, stranger := member, member, member
	visitor.Full = Certain(false)
	left.Full, left.Active = Certain(false), Certain(false)
	stranger.Full, stranger.Active = CannotTell("users.info"), CannotTell("users.info")
	for _, m := range []Member{"U1", "*", "S0SOC", "@soc"} {
		claims := member
		claims.Active = Certain(false)
		require.Equal(t, "no", spelled(m.names(claims)), "who left is meant by nothing, whatever else Slack says of them")
		claims.Active, claims.ID = Certain(true), ""
		require.Equal(t, "no", spelled(m.names(claims)), "and neither is nobody")
	}
	require.Equal(t, "Slack hasn't been asked about S0NEVERASKED", Member("S0NEVERASKED").names(member).Open())
	for _, c := range []struct {
		member                    Member
		full, guest, gone, hidden string
	}{
		{"U1", "yes", "yes", "no", "?"},
		{"U2", "no", "no", "no", "no"},
		{"*", "yes", "no", "no", "?"},
		{"S0SOC", "yes", "no", "no", "?"},
		{"@soc", "yes", "no", "no", "?"},
		{"@gone", "no", "no", "no", "no"},
		{"S0DARK", "?", "no", "no", "?"},
		{"@dark", "?", "no", "no", "?"},
		{"S0NEVERASKED", "?", "no", "no", "?"},
		{"@", "no", "no", "no", "no"},
		{"", "no", "no", "no", "no"},
		{"mallory", "no", "no", "no", "no"},
	} {
		p := Policy{roles: []Role{{Name: Operators, Members: []Member{c.member}}}}
		for who, want := range map[*Identity]string{&member: c.full, &visitor: c.guest, &left: c.gone, &stranger: c.hidden} {
			require.Equal(t, want, spelled(p.Person(*who).In([]string{Operators})), "%s by %q", who.Full.why, c.member)
		}
		require.Equal(t, "no", spelled(p.Person(Identity{Full: Certain(true)}).In([]string{Operators})), "nobody by %q", c.member)
	}
	require.Equal(t, "?", spelled(Person{ID: "U1"}.In([]string{Operators})), "of whom nobody asked")
}

func spelled(a Answer) string {
	switch {
	case a.Yes():
		return "yes"
	case a.No():
		return "no"
	}
	return "?"
}

func TestEveryWrongMemberIsNamed(t *testing.T) {
	t.Parallel()
	_, err := New(Settings{Operators: Members([]string{" U123 ", "", "alice", "<@U1>"}), Approvers: []Member{"S0LEADS", "@a b"}})
	require.ErrorContains(t, err, `role operators: "alice"`)
	require.ErrorContains(t, err, `role operators: "<@U1>"`)
	require.ErrorContains(t, err, `role approvers: "@a b"`)
	require.NotContains(t, err.Error(), "U123")
}

func TestMembersToLookUp(t *testing.T) {
	t.Parallel()
	p := policyOf(t, "@soc S0LEADS U123", "S0LEADS @soc W9999")
	require.Equal(t, []Member{"@soc", "S0LEADS", "U123", "W9999"}, p.Members())
	require.Equal(t, []Member{"U123", "@soc"}, Members([]string{" U123", "", " ", "@soc "}))
	require.True(t, Member("S0LEADS").Group())
	require.False(t, Member("U123").Group())
	require.Equal(t, "soc", Member("@soc").Handle())
	require.Empty(t, Member("U123").Handle())
}

func TestARefusalNamesTheOneOfSeveralThatItIsBecauseOf(t *testing.T) {
	t.Parallel()
	p, err := New(Settings{
		Operators: []Member{"*"}, Approvers: []Member{"*"}, Channel: "C1",
		Rules: []Rule{{Name: "vault", Hosts: []string{"VAULT-*"}, Effect: Deny, Why: "hands off"}},
	})
	require.NoError(t, err)
	ask := Input{Caller: p.Person(member("U1")), Command: "isolate", Risk: RiskDestructive, Reach: []Target{onHost("PC-1"), onHost("VAULT-9")}}
	require.Equal(t, "VAULT-9", p.Decide(ask).Because)
	ask.Reach = []Target{onHost("VAULT-8"), onHost("VAULT-9")}
	require.Empty(t, p.Decide(ask).Because, "it concerns both")
}

// Who lacks a role reads that, and not beside it the name of a default that says something else; a rule of the file that wants a role is named.
func TestARefusalForLackOfARoleNamesNoDefault(t *testing.T) {
	t.Parallel()
	for shown, s := range map[string]Settings{
		"":        {Operators: []Member{"UOP"}, Approvers: []Member{"UAP"}, Channel: "C1"},
		"scripts": {Operators: []Member{"UOP"}, Approvers: []Member{"UAP"}, Channel: "C1", Rules: []Rule{{Name: "scripts", Commands: []string{"run-script"}, Effect: Allow, By: []string{Operators}}}},
	} {
		p, err := New(s)
		require.NoError(t, err)
		d := p.Decide(Input{Caller: p.Person(member("U1")), Command: "run-script", Risk: RiskDestructive, Reach: []Target{onHost("PC-1")}})
		require.Contains(t, d.Why, "Only operators may run run-script")
		require.Equal(t, shown, d.ShownRule())
		var refused *RefusedError
		require.ErrorAs(t, d.Err(), &refused)
		require.Equal(t, shown, refused.ShownRule())
		require.Equal(t, cmp.Or(shown, "approvers decide"), refused.Rule, "the trail has it")
	}
}

// member is a full member who is meant by no handle and belongs to no group.
func member(id string) Identity {
	return Identity{ID: id, Active: Certain(true), Full: Certain(true), Through: map[Member]Answer{}}
}

// onHost is a target of which only its host matters.
func onHost(name string) Target {
	t := Nothing()
	t.Host = Known(name)
	return t
}

func TestTwoOfOneRoleAreNotDistinct(t *testing.T) {
	t.Parallel()
	n := Need{By: []string{"a", "b"}, Quorum: 2, Distinct: true}
	require.Equal(t, 1, n.Met([][]string{{"a"}, {"a"}}))
	require.Equal(t, 2, n.Met([][]string{{"a", "b"}, {"a"}}))
	require.Equal(t, 0, n.Met([][]string{nil}))
}

func TestWhatIsWrongWithARule(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Rule{
		`there is no role "x"`:             {Effect: Allow, By: []string{"x"}},
		`"" isn't an effect`:               {},
		"no role is allowed":               {Effect: Allow},
		"no approver is named":             {Effect: Approve},
		"from distinct roles are required": {Effect: Approve, By: []string{Approvers}, Quorum: 2, Distinct: true},
		`there is no role "ghost"`:         {Effect: Deny, Requesters: []string{"ghost"}},
	} {
		_, err := New(Settings{Rules: []Rule{r}})
		require.ErrorContains(t, err, want)
	}
}

func TestDistinctApprovalsAreAssignedAsWellAsCanBe(t *testing.T) {
	t.Parallel()
	n := Need{By: []string{"a", "b", "c"}, Quorum: 3, Distinct: true}
	require.Equal(t, 3, n.Met([][]string{{"a", "b"}, {"a"}, {"a", "b", "c"}}))
	require.Equal(t, 2, n.Met([][]string{{"a", "b"}, {"a"}, {"b", "a"}, nil}))
	n.Distinct = false
	require.Equal(t, 3, n.Met([][]string{{"a"}, nil, {"a"}, {"a"}}), "who approved without a role does not count")
}

func TestWithWhichRolesSomebodyApproves(t *testing.T) {
	t.Parallel()
	p := Person{ID: "U1", Full: Certain(true), asked: true, Roles: []Membership{
		{Role: "leads", Held: Certain(true)}, {Role: "ad", Held: Certain(false)}, {Role: "dark", Held: CannotTell("dark")},
		{Role: "local", Scope: Scope{Sites: []string{"Paris"}}, Held: Certain(true)},
		{Role: "leads", Scope: Scope{Accounts: []string{"Acme"}}, Held: Certain(true)}, {Role: "leads", Held: Certain(true)},
	}}
	for _, c := range []struct {
		by    string
		in    []Place
		roles []string
		any   string
	}{
		{"leads ad", nil, []string{"leads"}, "yes"},
		{"ad", nil, nil, "no"},
		{"dark ad", nil, nil, "?"},
		{"dark leads", nil, []string{"leads"}, "yes"},
		{"local", nil, nil, "no"},
		{"local", []Place{{Site: "Paris"}}, []string{"local"}, "yes"},
		{"local leads", []Place{{Site: "Rome"}}, []string{"leads"}, "yes"},
		{"local", []Place{{Site: "Paris"}, {Site: "Rome"}}, nil, "no"},
	} {
		roles, any := Need{By: strings.Fields(c.by), Places: c.in}.RolesOf(p)
		require.Equal(t, c.roles, roles, "%v", c)
		require.Equal(t, c.any, spelled(any), "%v", c)
	}
	require.Equal(t, []string{"leads"}, p.Certain(), "the trail names what is certain and holds everywhere")
	require.Equal(t, "yes", spelled(p.Everywhere()))
	require.Equal(t, "yes", spelled(p.Anywhere([]string{"local"})))
	require.Equal(t, "no", spelled(p.Anywhere([]string{"ad"})))
	p.Roles = p.Roles[3:5]
	require.Equal(t, "no", spelled(p.Everywhere()))
	require.Equal(t, "yes", spelled(p.Somewhere()))
	p.ID = ""
	require.Equal(t, "no", spelled(p.Somewhere()), "nobody has no role")
}

func TestWhetherAnythingCanWait(t *testing.T) {
	t.Parallel()
	leads := Role{Name: "leads", Members: []Member{"ULEAD"}}
	rule := func(effect Effect, by string) []Rule { return []Rule{{Effect: effect, By: []string{by}}} }
	for name, c := range map[string]struct {
		settings Settings
		want     bool
	}{
		"nobody approves":                {Settings{Operators: []Member{"U11"}}, false},
		"approvers":                      {Settings{Approvers: []Member{"U11"}}, true},
		"a rule with a role":             {Settings{Roles: []Role{leads}, Rules: rule(Approve, "leads")}, true},
		"a rule that allows":             {Settings{Roles: []Role{leads}, Rules: rule(Allow, "leads")}, false},
		"a rule with a role of nobody's": {Settings{Roles: []Role{{Name: "leads"}}, Rules: rule(Approve, "leads")}, false},
	} {
		p, err := New(c.settings)
		require.NoError(t, err)
		require.Equal(t, c.want, p.Waits(), name)
	}
}

func TestWhatLastsForATimeMayEndByItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		onTime, beforehand, denied bool
		want                       Effect
	}{
		{true, true, false, Allow}, {true, false, false, Approve}, {false, true, false, Approve}, {true, true, true, Deny},
	} {
		s := Settings{Operators: []Member{"UOP"}, Approvers: []Member{"UAPP"}, ReconnectOnTime: c.onTime}
		if c.denied {
			s.Rules = []Rule{{Effect: Deny}}
		}
		p, err := New(s)
		require.NoError(t, err)
		require.Equal(t, c.onTime, p.OnTime())
		r := p.AtEnd(Input{Caller: Holding("UOP", Operators), Command: "reconnect", Risk: RiskDestructive}, c.beforehand)
		require.Equal(t, c.want, r.Effect, "%+v", c)
		require.Equal(t, c.want == Allow, r.Rule == OnTimeRule, "%+v", c)
	}
}

// Who reads the targets of an invocation looks up no more of them than a rule may ask for.
func TestWhatMustBeLookedUp(t *testing.T) {
	t.Parallel()
	scoped := []Role{{Name: "local", Scope: Scope{Sites: []string{"Paris"}}}}
	for name, c := range map[string]struct {
		settings                Settings
		byTarget, groups, hosts bool
	}{
		"nothing":                   {Settings{}, false, false, false},
		"a role of some places":     {Settings{Roles: scoped}, true, false, false},
		"a site":                    {Settings{Rules: []Rule{{Sites: []string{"x"}, Effect: Deny}}}, true, false, false},
		"a group":                   {Settings{Rules: []Rule{{Groups: []string{"x"}, Effect: Deny}}}, true, true, false},
		"a host":                    {Settings{Rules: []Rule{{Hosts: []string{"x"}, Effect: Deny}}}, true, false, true},
		"a tag":                     {Settings{Rules: []Rule{{Tags: []string{"x"}, Effect: Deny}}}, true, false, true},
		"a group and a host":        {Settings{Rules: []Rule{{Groups: []string{"x"}, Effect: Deny}, {Hosts: []string{"x"}, Effect: Deny}, {Effect: Deny}}}, true, true, true},
		"a host of another command": {Settings{Rules: []Rule{{Commands: []string{"other"}, Hosts: []string{"x"}, Groups: []string{"x"}, Effect: Deny}}}, true, false, false},
		"by whom it may be asked":   {Settings{Roles: []Role{{Name: "x"}}, Rules: []Rule{{Requesters: []string{"x"}, Hosts: []string{"x"}, Effect: Deny}}}, true, false, true},
		"every matcher of targets":  {Settings{Rules: []Rule{{Groups: []string{"x"}, Hosts: []string{"x"}, Tags: []string{"x"}, Sites: []string{"x"}, Effect: Deny}}}, true, true, true},
	} {
		p, err := New(c.settings)
		require.NoError(t, err)
		groups, hosts := p.LooksInto(Input{Command: "it", Risk: RiskDestructive})
		require.Equal(t, c.byTarget, p.ByTarget(), name)
		require.Equal(t, c.groups, groups, name)
		require.Equal(t, c.hosts, hosts, name)
	}
}

func TestWhichRuleProtectsAThing(t *testing.T) {
	t.Parallel()
	p, err := New(Settings{Approvers: []Member{"UAPP"}, Rules: []Rule{
		{Name: "scripts", Commands: []string{"run-script"}, Effect: Approve, By: []string{Approvers}},
		{Name: "lab", Sites: []string{"Lab"}, Effect: Allow, By: []string{Operators}},
		{Name: "jewels", Tags: []string{"jewel"}, Effect: Approve, By: []string{Approvers}},
	}})
	require.NoError(t, err)
	jewel, lab, dark := onHost("DB"), onHost("PC"), onHost("PC")
	jewel.Tags, lab.Site, dark.Tags = Known([]string{"jewel"}), Known("Lab"), Unknown[[]string]("no tags")
	it := Input{Command: "isolate", Risk: RiskDestructive}
	require.Equal(t, "jewels", p.Protects(it, jewel))
	require.Equal(t, "jewels", p.Protects(it, dark), "what is not known counts as protected")
	require.Empty(t, p.Protects(it, lab), "what may be done at once is not protected")
	require.Empty(t, p.Protects(it, onHost("PC")), "the rule for everything protects nothing special")
	require.Empty(t, p.Protects(Input{Command: "run-script", Risk: RiskDestructive}, jewel), "an earlier rule about the command decides")
	require.Empty(t, p.Protects(Input{Command: "odd", Risk: "odd"}, onHost("PC")), "no rule at all")
	first, err := New(Settings{Approvers: []Member{"UAPP"}, Rules: []Rule{{Name: "jewels", Tags: []string{"jewel"}, Effect: Approve, By: []string{Approvers}}}})
	require.NoError(t, err)
	require.Equal(t, "jewels", first.Protects(it, jewel))
}

func TestMembersOfRoles(t *testing.T) {
	t.Parallel()
	p, err := New(Settings{Operators: []Member{"U11", "U22"}, Approvers: []Member{"U33"}, Roles: []Role{
		{Name: Approvers, Members: []Member{"U22", "U33"}, Scope: Scope{Sites: []string{"Paris"}}}, {Name: "leads", Members: []Member{"U44"}},
	}})
	require.NoError(t, err)
	require.Equal(t, []Member{"U33", "U22"}, p.Approvers())
	require.Equal(t, []Member{"U11", "U22", "U44"}, p.MembersOf([]string{Operators, "leads"}))
	require.Empty(t, p.MembersOf(nil))
	same, err := New(Settings{})
	require.NoError(t, err)
	require.True(t, p.Same(p))
	require.False(t, p.Same(same), "a policy that is read anew is another one, even where it says the same")
}

func TestADecisionCarriesWhatTheLedgerNeeds(t *testing.T) {
	t.Parallel()
	p, err := New(Settings{Operators: []Member{"UOP"}, Approvers: []Member{"UAPP"}, Timeout: time.Hour, Channel: "C1", Rules: []Rule{
		{Name: "tags", Tags: []string{"jewel"}, Effect: Approve, By: []string{Approvers, Operators}, Quorum: 1},
		{Name: "sites", Sites: []string{"Lab"}, Effect: Approve, By: []string{Operators, Approvers}, Quorum: 3},
	}})
	require.NoError(t, err)
	jewel, lab := onHost("DB"), onHost("PC")
	jewel.Tags, lab.Site = Known([]string{"jewel"}), Known("Lab")
	r := p.Decide(Input{Caller: Holding("UOP", Operators), Command: "it", Risk: RiskDestructive, Reach: []Target{jewel, lab, onHost("X")}})
	require.Equal(t, 3, r.Quorum, "the largest of them")
	require.Equal(t, []string{Approvers, Operators}, r.By, "each role once")
	require.Equal(t, time.Hour, r.Timeout)
	require.Equal(t, "C1", p.Channel())
	require.Equal(t, "tags, sites, approvers decide", r.Rule)

	var open *UnansweredError
	require.ErrorAs(t, Decision{Effect: Unanswered, Open: "who is it"}.Err(), &open)
	require.ErrorContains(t, open, "who is it, so nothing was done")
	var refused *RefusedError
	require.ErrorAs(t, Decision{Effect: Deny, Why: "no"}.Err(), &refused)
	require.EqualError(t, refused, "no")
}

func TestAnswersNameTheFirstOpenQuestion(t *testing.T) {
	t.Parallel()
	one, two, yes, no := CannotTell("one"), CannotTell("two"), Certain(true), Certain(false)
	require.Equal(t, "one", and(yes, one, two).Open())
	require.Equal(t, "one", Or(no, one, two).Open())
	require.True(t, and(one, no, two).No())
	require.True(t, Or(one, yes, two).Yes())
	require.True(t, and().Yes())
	require.True(t, Or().No())
	require.Equal(t, "not looked up yet", Answer{}.Open())
	value, known := Known("x").Value()
	require.True(t, known)
	require.Equal(t, "x", value)
	_, known = Unknown[string]("why").Value()
	require.False(t, known)
	require.Equal(t, "why", Unknown[string]("why").Open())
	require.Empty(t, Known("").Open())
}
