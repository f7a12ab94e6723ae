package approvals

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The gate matrix: every gate, for every fact that it asks for, where the answer is yes, no, and where nobody can tell, when something is
// asked for, decided, and about to run. What stands in the columns is what the gate says; all there is to ask for comes from the
// types and from matchers(), so that a fact without a row fails.

// A gateRow is one fact: how a world looks in which it is yes, no, or not known.
type gateRow struct {
	rule    func(*Rule)                 // has a rule ask for it
	answers func(*Ask, *Target, Answer) // makes it so
	certain bool                        // it comes with the invocation: it is never unknown
}

func maybe[T any](a Answer, yes, no T) Fact[T] {
	switch {
	case a.Yes():
		return Known(yes)
	case a.No():
		return Known(no)
	}
	return Unknown[T](a.Open())
}

func choose(a Answer, yes, no string) string {
	if a.Yes() {
		return yes
	}
	return no
}

// gateRows are the facts that rules ask for, by their key in the policy file.
func gateRows() map[string]gateRow {
	night, err := ParseHours("22:00-06:00")
	if err != nil {
		panic(err)
	}
	return map[string]gateRow{
		"commands": {func(r *Rule) { r.Commands = []string{"isolate*"} }, func(a *Ask, _ *Target, is Answer) { a.Command = choose(is, "isolate", "scan") }, true},
		"areas":    {func(r *Rule) { r.Areas = []string{"agents"} }, func(a *Ask, _ *Target, is Answer) { a.Area = choose(is, "agents", "threats") }, true},
		"risks":    {func(r *Rule) { r.Risks = []string{riskDestructive} }, func(a *Ask, _ *Target, is Answer) { a.Risk = choose(is, riskDestructive, riskChange) }, true},
		"channels": {func(r *Rule) { r.Channels = []string{"C1"} }, func(a *Ask, _ *Target, is Answer) { a.Channel = choose(is, "C1", "C2") }, true},
		"hours": {func(r *Rule) { r.Hours = []Hours{night} }, func(a *Ask, _ *Target, is Answer) {
			if a.At = noon; is.Yes() {
				a.At = noon.Add(11 * time.Hour)
			}
		}, true},
		"requesters": {func(r *Rule) { r.Requesters = []string{"juniors"} }, func(a *Ask, _ *Target, is Answer) {
			a.Caller.Roles = append(slices.Clip(a.Caller.Roles), Membership{Role: "juniors", Held: is})
		}, false},
		"hosts":  {func(r *Rule) { r.Hosts = []string{"SRV-*"} }, func(_ *Ask, t *Target, is Answer) { t.Host = maybe(is, "SRV-1", "PC-1") }, false},
		"tags":   {func(r *Rule) { r.Tags = []string{"jewel"} }, func(_ *Ask, t *Target, is Answer) { t.Tags = maybe(is, []string{"Jewel:1"}, nil) }, false},
		"sites":  {func(r *Rule) { r.Sites = []string{"Berlin"} }, func(_ *Ask, t *Target, is Answer) { t.Site = maybe(is, "Berlin", "Paris") }, false},
		"groups": {func(r *Rule) { r.Groups = []string{"Default*"} }, func(_ *Ask, t *Target, is Answer) { t.Group = maybe(is, "Default Group", "Lab") }, false},
	}
}

var threeAnswers = map[string]Answer{"yes": Certain(true), "no": Certain(false), "cannot tell": CannotTell("nobody knows")}

func TestGateMatrixOfRules(t *testing.T) {
	t.Parallel()
	rows := gateRows()
	var facts []string
	for _, m := range matchers() {
		facts = append(facts, m.fact)
	}
	require.ElementsMatch(t, facts, slices.Collect(maps.Keys(rows)), "each fact that a rule may ask for has a row here")
	require.Equal(t, ruleKeys(), slices.Sorted(slices.Values(facts)), "and each key of a rule is asked by a matcher")
	for fact, row := range rows {
		for said, is := range threeAnswers {
			if row.certain && !is.Yes() && !is.No() {
				continue
			}
			for effect, want := range map[Effect]map[string]string{
				Deny:    {"yes": "denied", "no": "takes one", "cannot tell": "unanswered"},
				Approve: {"yes": "takes two", "no": "takes one", "cannot tell": "unanswered"},
				Allow:   {"yes": "runs", "no": "takes one", "cannot tell": "unanswered"},
			} {
				wanted := want[said]
				if fact == "risks" && said == "no" {
					wanted = "runs" // a change
				}
				for _, when := range []string{"ask", "decide", "run"} {
					require.Equal(t, wanted, gateSays(t, row, is, effect, when), "%s: %s is %s, at %s", effect, fact, said, when)
				}
			}
		}
	}
}

// ruleKeys are the fields of a rule that are matchers, as the policy file spells them.
func ruleKeys() []string {
	var keys []string
	for f := range reflect.TypeFor[Rule]().Fields() {
		if f.Type.Kind() == reflect.Slice && f.Name != "By" {
			keys = append(keys, strings.ToLower(f.Name))
		}
	}
	slices.Sort(keys)
	return keys
}

// gateSays asks a gate of a policy with one rule, which asks for one fact.
func gateSays(t *testing.T, row gateRow, is Answer, effect Effect, when string) string {
	t.Helper()
	rule := Rule{Name: "asked", Effect: effect, Quorum: 2, Why: "no"}
	if effect != Deny {
		rule.By = map[Effect][]string{Approve: {Approvers}, Allow: {Operators}}[effect]
	}
	row.rule(&rule)
	p, err := NewPolicy(Settings{Operators: []Member{"UOP"}, Approvers: []Member{"UAPPR", "UBPPR"}, Roles: []Role{{Name: "juniors"}}, Rules: []Rule{rule}})
	require.NoError(t, err)
	ask, target := Ask{Caller: Holding("UOP", Operators), Command: "isolate", Area: "agents", Risk: riskDestructive, At: noon, Targets: 1}, lying("PC-1", "Paris")
	target.Group = Known("Lab")
	row.answers(&ask, &target, is)
	ask.Reach = []Target{target}
	if when == "ask" {
		return spell(p.Decide(ask))
	}
	return laterSays(p, ask, when)
}

// laterSays asks anew of a request that one person approved: who decides counts, and so does the run.
func laterSays(p Policy, ask Ask, when string) string {
	ruling := p.Again(ask, Request{})
	if ruling.Effect != Approve {
		return spell(ruling)
	}
	q := ruling.On(Request{Requester: "UOP", Expires: noon.Add(time.Hour)})
	given := []Person{Holding("UAPPR", Approvers)}
	enough := false
	if when == "decide" {
		enough = q.approve(given[0], noon) == nil && q.State == Approved
	} else {
		missing, _ := ruling.Missing(q, given)
		enough = missing == 0
	}
	return map[bool]string{true: "takes one", false: "takes two"}[enough]
}

func spell(r Ruling) string {
	switch {
	case r.Effect == Allow:
		return "runs"
	case r.Effect == Approve && r.Quorum == 1:
		return "takes one"
	case r.Effect == Approve:
		return "takes two"
	case r.Effect == Unanswered:
		return "unanswered"
	}
	return "denied"
}

// What a gate asks about people: whether they are active, full members, meant by a group or a handle, and where a role holds.
func personRows() map[string]func(Answer) (Identity, []Role) {
	by := func(member Member, i Identity) (Identity, []Role) {
		return i, []Role{{Name: Operators, Members: []Member{member}}, {Name: Approvers, Members: []Member{member}}}
	}
	return map[string]func(Answer) (Identity, []Role){
		"Active": func(is Answer) (Identity, []Role) {
			i := full("UXAVER")
			i.Active, i.Full = is, is
			return by("UXAVER", i)
		},
		"Full": func(is Answer) (Identity, []Role) {
			i := full("UXAVER")
			i.Full = is
			return by(Everyone, i)
		},
		"Through a group": func(is Answer) (Identity, []Role) {
			i := full("UXAVER")
			i.Through["S0GROUP"] = is
			return by("S0GROUP", i)
		},
		"Through a handle": func(is Answer) (Identity, []Role) {
			i := full("UXAVER")
			i.Through["@handle"] = is
			return by("@handle", i)
		},
	}
}

func TestGateMatrixOfPeople(t *testing.T) {
	t.Parallel()
	for name := range personRows() {
		fact, _, _ := strings.Cut(name, " ")
		_, ok := reflect.TypeFor[Identity]().FieldByName(fact)
		require.True(t, ok, fact)
	}
	for f := range reflect.TypeFor[Identity]().Fields() {
		asked := slices.ContainsFunc(slices.Collect(maps.Keys(personRows())), func(row string) bool { return strings.HasPrefix(row, f.Name) })
		require.Equal(t, f.Type.Kind() != reflect.String, asked, "%s: each fact about a person has a row", f.Name)
	}
	for fact, row := range personRows() {
		for said, is := range threeAnswers {
			identity, roles := row(is)
			p, err := NewPolicy(Settings{Roles: roles})
			require.NoError(t, err)
			for gate, err := range personGates(p, p.Person(identity)) {
				var open *UnansweredError
				var refused *RefusedError
				switch said {
				case "yes":
					require.NoError(t, err, "%s: %s", gate, fact)
				case "no":
					require.True(t, errors.As(err, &refused) || errors.Is(err, ErrNotApprover), "%s: %s: %v", gate, fact, err)
				default:
					require.ErrorAs(t, err, &open, "%s: %s", gate, fact)
					require.Equal(t, "nobody knows", open.Question)
				}
			}
		}
	}
}

// personGates is what each gate says to a person, in each of its moments.
func personGates(p Policy, who Person) map[string]error {
	waiting := func() *Request {
		return &Request{Requester: "UREQ", State: Pending, Quorum: 1, By: []string{Approvers}, Expires: noon.Add(time.Hour)}
	}
	ran := func(state State) *Request {
		r := waiting()
		r.State, r.Term = state, &Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour)}
		return r
	}
	frozen := waiting()
	frozen.State = Frozen
	ask := Ask{Caller: who, Command: "isolate", Risk: riskDestructive, Targets: 1}
	change := Ask{Caller: who, Command: "scan", Risk: riskChange, Targets: 1}
	counted := func() error {
		missing, open := p.Decide(Ask{Caller: Holding("UREQ", Operators), Command: "isolate", Risk: riskDestructive}).Missing(*waiting(), []Person{who})
		switch {
		case missing == 0:
			return nil
		case open != "":
			return &UnansweredError{Question: open}
		}
		return ErrNotApprover
	}
	return map[string]error{
		"ask":               p.Decide(ask).Err(),
		"ask for a change":  p.Decide(change).Err(),
		"run":               p.Again(ask, Request{}).Err(),
		"end of a term":     p.AtEnd(ask, true).Err(),
		"approve":           waiting().approve(who, noon),
		"deny":              waiting().deny(who, "no", noon),
		"run again":         ran(Interrupted).reopen(who, "k", noon),
		"close":             ran(Interrupted).settle(who, "no", noon),
		"extend":            ran(Done).extend(who, time.Hour, "k", time.Hour, nil, noon),
		"thaw":              frozen.thaw(who, noon),
		"approvals counted": counted(),
	}
}

// Where a role holds is a fact, too: which it is matters to who holds it there alone, and to who must approve there.
func TestGateMatrixOfPlaces(t *testing.T) {
	t.Parallel()
	require.Equal(t, 2, reflect.TypeFor[Scope]().NumField(), "each part of a scope is under test here")
	for name, scope := range map[string]Scope{"site": {Sites: []string{"Berlin"}}, "account": {Accounts: []string{"Berlin"}}} {
		p, err := NewPolicy(Settings{Operators: []Member{"UOP"}, Approvers: nil, Roles: []Role{
			{Name: Operators, Members: []Member{"UHERE"}, Scope: scope}, {Name: Approvers, Members: []Member{"UAPPR"}, Scope: scope},
		}})
		require.NoError(t, err)
		for said, is := range threeAnswers {
			target := lying("PC-1", "Paris")
			if name == "site" {
				target.Site = maybe(is, "Berlin", "Paris")
			} else {
				target.Account = maybe(is, "Berlin", "Paris")
			}
			for _, who := range []string{"UHERE", "UOP"} {
				ask := Ask{Caller: p.Person(full(who)), Command: "isolate", Risk: riskDestructive, Targets: 1, Reach: []Target{target}}
				want := map[string]string{"yes": "takes one", "no": "denied", "cannot tell": "unanswered"}[said]
				require.Equal(t, want, spell(p.Decide(ask)), "%s of a %s, %s", who, name, said)
				require.Equal(t, want, spell(p.Again(ask, Request{})), "%s of a %s, %s", who, name, said)
			}
		}
	}
	for f := range reflect.TypeFor[Target]().Fields() {
		require.Contains(t, f.Type.Name(), "Fact[", "%s: all that is known of a target may be unknown", f.Name)
	}
}

// One certain no needs no other answer, and one certain thing lets nothing through that another leaves open.
func TestWhatCanBeToldIsDecidedFirst(t *testing.T) {
	t.Parallel()
	p, err := NewPolicy(Settings{Operators: []Member{"S0OPS"}, Approvers: []Member{"UAPPR"}, Roles: []Role{{Name: "juniors", Members: []Member{"S0JUNIORS"}}}, Rules: []Rule{
		{Name: "dc", Hosts: []string{"SRV-*"}, Effect: Deny, Why: "ask the AD team"},
		{Name: "no juniors", Requesters: []string{"juniors"}, Risks: []string{riskDestructive}, Effect: Deny, Why: "not juniors"},
	}})
	require.NoError(t, err)
	dark := full("UXAVER")
	dark.Through = map[Member]Answer{"S0OPS": CannotTell("dark"), "S0JUNIORS": CannotTell("dark")}
	nobody := Identity{ID: "UXAVER", Active: CannotTell("no users.info"), Full: CannotTell("no users.info")}
	hidden := Nothing()
	hidden.Host = Unknown[string]("no agents")
	for name, c := range map[string]struct {
		who   Identity
		risk  string
		reach []Target
		want  string
		open  string
	}{
		"a host that is denied needs no Slack":        {nobody, riskDestructive, []Target{host("SRV-1")}, "denied", ""},
		"among others, too":                           {dark, riskDestructive, []Target{host("PC-1"), hidden, host("SRV-1")}, "denied", ""},
		"who reads is full":                           {dark, riskRead, nil, "runs", ""},
		"nobody knows who reads":                      {nobody, riskRead, nil, "unanswered", "no users.info"},
		"nobody knows whether they are a junior":      {dark, riskDestructive, []Target{host("PC-1")}, "unanswered", "dark"},
		"nobody knows which host it is":               {full("UXAVER"), riskDestructive, []Target{hidden}, "unanswered", "no agents"},
		"no operator, and so nothing more to be told": {fullOf("UXAVER", map[Member]Answer{"S0OPS": Certain(false), "S0JUNIORS": CannotTell("dark")}), riskDestructive, []Target{host("PC-1")}, "denied", ""},
	} {
		ruling := p.Decide(Ask{Caller: p.Person(c.who), Command: "isolate", Risk: c.risk, Reach: c.reach, Targets: len(c.reach)})
		require.Equal(t, c.want, spell(ruling), name)
		require.Equal(t, c.open, ruling.Open, name)
	}
}

func fullOf(id string, through map[Member]Answer) Identity {
	i := full(id)
	i.Through = through
	return i
}
