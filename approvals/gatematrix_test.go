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

	"s1bot/approvals/policy"
)

// The gate matrix: every gate, for every fact that it asks for, where the answer is yes, no, and where nobody can tell, when something is
// asked for, decided, and about to run. What stands in the columns is what the gate says; all there is to ask for comes from the
// types and from matchers(), so that a fact without a row fails.

// A gateRow is one fact: how a world looks in which it is yes, no, or not known.
type gateRow struct {
	rule    func(*policy.Rule)                                 // has a rule ask for it
	answers func(*policy.Input, *policy.Target, policy.Answer) // makes it so
	certain bool                                               // it comes with the invocation: it is never unknown
}

func maybe[T any](a policy.Answer, yes, no T) policy.Fact[T] {
	switch {
	case a.Yes():
		return policy.Known(yes)
	case a.No():
		return policy.Known(no)
	}
	return policy.Unknown[T](a.Open())
}

func choose(a policy.Answer, yes, no string) string {
	if a.Yes() {
		return yes
	}
	return no
}

// gateRows are the facts that rules ask for, by their key in the policy file.
func gateRows() map[string]gateRow {
	night, err := policy.ParseHours("22:00-06:00")
	if err != nil {
		panic(err)
	}
	return map[string]gateRow{
		"commands": {func(r *policy.Rule) { r.Commands = []string{"isolate*"} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) { a.Command = choose(is, "isolate", "scan") }, true},
		"areas":    {func(r *policy.Rule) { r.Areas = []string{"agents"} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) { a.Area = choose(is, "agents", "threats") }, true},
		"risks": {func(r *policy.Rule) { r.Risks = []string{policy.RiskDestructive} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) {
			a.Risk = choose(is, policy.RiskDestructive, policy.RiskChange)
		}, true},
		"consoles": {func(r *policy.Rule) { r.Consoles = []string{"emea"} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) {
			if a.Console = choose(is, "emea", "us"); is.Open() != "" {
				a.Console = ""
			}
		}, false},
		"channels": {func(r *policy.Rule) { r.Channels = []string{"C1"} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) { a.Channel = choose(is, "C1", "C2") }, true},
		"hours": {func(r *policy.Rule) { r.Hours = []policy.Hours{night} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) {
			if a.At = noon; is.Yes() {
				a.At = noon.Add(11 * time.Hour)
			}
		}, true},
		"requesters": {func(r *policy.Rule) { r.Requesters = []string{"juniors"} }, func(a *policy.Input, _ *policy.Target, is policy.Answer) {
			a.Caller.Roles = append(slices.Clip(a.Caller.Roles), policy.Membership{Role: "juniors", Held: is})
		}, false},
		"hosts": {func(r *policy.Rule) { r.Hosts = []string{"SRV-*"} }, func(_ *policy.Input, t *policy.Target, is policy.Answer) { t.Host = maybe(is, "SRV-1", "PC-1") }, false},
		"tags": {func(r *policy.Rule) { r.Tags = []string{"jewel"} }, func(_ *policy.Input, t *policy.Target, is policy.Answer) {
			t.Tags = maybe(is, []string{"Jewel:1"}, nil)
		}, false},
		"sites":  {func(r *policy.Rule) { r.Sites = []string{"Berlin"} }, func(_ *policy.Input, t *policy.Target, is policy.Answer) { t.Site = maybe(is, "Berlin", "Paris") }, false},
		"groups": {func(r *policy.Rule) { r.Groups = []string{"Default*"} }, func(_ *policy.Input, t *policy.Target, is policy.Answer) { t.Group = maybe(is, "Default Group", "Lab") }, false},
	}
}

var threeAnswers = map[string]policy.Answer{"yes": policy.Certain(true), "no": policy.Certain(false), "cannot tell": policy.CannotTell("nobody knows")}

func TestGateMatrixOfRules(t *testing.T) {
	t.Parallel()
	rows := gateRows()
	var facts []string
	for _, m := range policy.Matchers() {
		facts = append(facts, m.Fact)
	}
	require.ElementsMatch(t, facts, slices.Collect(maps.Keys(rows)), "each fact that a rule may ask for has a row here")
	require.Equal(t, ruleKeys(), slices.Sorted(slices.Values(facts)), "and each key of a rule is asked by a matcher")
	for fact, row := range rows {
		for said, is := range threeAnswers {
			if row.certain && !is.Yes() && !is.No() {
				continue
			}
			for effect, want := range map[policy.Effect]map[string]string{
				policy.Deny:    {"yes": "denied", "no": "takes one", "cannot tell": "unanswered"},
				policy.Approve: {"yes": "takes two", "no": "takes one", "cannot tell": "unanswered"},
				policy.Allow:   {"yes": "runs", "no": "takes one", "cannot tell": "unanswered"},
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
	for f := range reflect.TypeFor[policy.Rule]().Fields() {
		if f.Type.Kind() == reflect.Slice && f.Name != "By" {
			keys = append(keys, strings.ToLower(f.Name))
		}
	}
	slices.Sort(keys)
	return keys
}

// gateSays asks a gate of a policy with one rule, which asks for one fact.
func gateSays(t *testing.T, row gateRow, is policy.Answer, effect policy.Effect, when string) string {
	t.Helper()
	rule := policy.Rule{Name: "asked", Effect: effect, Quorum: 2, Why: "no"}
	if effect != policy.Deny {
		rule.By = map[policy.Effect][]string{policy.Approve: {policy.Approvers}, policy.Allow: {policy.Operators}}[effect]
	}
	row.rule(&rule)
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"UOP"}, Approvers: []policy.Member{"UAPPR", "UBPPR"}, Roles: []policy.Role{{Name: "juniors"}}, Rules: []policy.Rule{rule}})
	require.NoError(t, err)
	ask, target := policy.Input{Caller: policy.Holding("UOP", policy.Operators), Command: "isolate", Area: "agents", Risk: policy.RiskDestructive, At: noon, Targets: 1}, lying("PC-1", "Paris")
	target.Group = policy.Known("Lab")
	row.answers(&ask, &target, is)
	ask.Reach = []policy.Target{target}
	if when == "ask" {
		return spell(p.Decide(ask))
	}
	return laterSays(p, ask, when)
}

// laterSays asks anew of a request that one person approved: who decides counts, and so does the run.
func laterSays(p policy.Policy, ask policy.Input, when string) string {
	decision := Reconsider(p, ask, Request{})
	if decision.Effect != policy.Approve {
		return spell(decision)
	}
	q := Under(decision, Request{Requester: "UOP", Expires: noon.Add(time.Hour)})
	given := []policy.Person{policy.Holding("UAPPR", policy.Approvers)}
	enough := false
	if when == "decide" {
		enough = q.approve(given[0], noon) == nil && q.State == Approved
	} else {
		missing, _ := MissingUnder(decision, q, given)
		enough = missing == 0
	}
	return map[bool]string{true: "takes one", false: "takes two"}[enough]
}

func spell(r policy.Decision) string {
	switch {
	case r.Effect == policy.Allow:
		return "runs"
	case r.Effect == policy.Approve && r.Quorum == 1:
		return "takes one"
	case r.Effect == policy.Approve:
		return "takes two"
	case r.Effect == policy.Unanswered:
		return "unanswered"
	}
	return "denied"
}

// What a gate asks about people: whether they are active, full members, meant by a group or a handle, and where a role holds.
func personRows() map[string]func(policy.Answer) (policy.Identity, []policy.Role) {
	by := func(member policy.Member, i policy.Identity) (policy.Identity, []policy.Role) {
		return i, []policy.Role{{Name: policy.Operators, Members: []policy.Member{member}}, {Name: policy.Approvers, Members: []policy.Member{member}}}
	}
	return map[string]func(policy.Answer) (policy.Identity, []policy.Role){
		"Active": func(is policy.Answer) (policy.Identity, []policy.Role) {
			i := full("UXAVER")
			i.Active, i.Full = is, is
			return by("UXAVER", i)
		},
		"Full": func(is policy.Answer) (policy.Identity, []policy.Role) {
			i := full("UXAVER")
			i.Full = is
			return by(policy.Everyone, i)
		},
		"Through a group": func(is policy.Answer) (policy.Identity, []policy.Role) {
			i := full("UXAVER")
			i.Through["S0GROUP"] = is
			return by("S0GROUP", i)
		},
		"Through a handle": func(is policy.Answer) (policy.Identity, []policy.Role) {
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
		_, ok := reflect.TypeFor[policy.Identity]().FieldByName(fact)
		require.True(t, ok, fact)
	}
	for f := range reflect.TypeFor[policy.Identity]().Fields() {
		asked := slices.ContainsFunc(slices.Collect(maps.Keys(personRows())), func(row string) bool { return strings.HasPrefix(row, f.Name) })
		require.Equal(t, f.Type.Kind() != reflect.String, asked, "%s: each fact about a person has a row", f.Name)
	}
	for fact, row := range personRows() {
		for said, is := range threeAnswers {
			identity, roles := row(is)
			p, err := policy.New(policy.Settings{Roles: roles})
			require.NoError(t, err)
			for gate, err := range personGates(p, p.Person(identity)) {
				var open *policy.UnansweredError
				var refused *policy.RefusedError
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
func personGates(p policy.Policy, who policy.Person) map[string]error {
	waiting := func() *Request {
		return &Request{Requester: "UREQ", State: Pending, Quorum: 1, By: []string{policy.Approvers}, Expires: noon.Add(time.Hour)}
	}
	ran := func(state State) *Request {
		r := waiting()
		r.State, r.Term = state, &Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour)}
		return r
	}
	frozen := waiting()
	frozen.State = Frozen
	ask := policy.Input{Caller: who, Command: "isolate", Risk: policy.RiskDestructive, Targets: 1}
	change := policy.Input{Caller: who, Command: "scan", Risk: policy.RiskChange, Targets: 1}
	counted := func() error {
		missing, open := MissingUnder(p.Decide(policy.Input{Caller: policy.Holding("UREQ", policy.Operators), Command: "isolate", Risk: policy.RiskDestructive}), *waiting(), []policy.Person{who})
		switch {
		case missing == 0:
			return nil
		case open != "":
			return &policy.UnansweredError{Question: open}
		}
		return ErrNotApprover
	}
	return map[string]error{
		"ask":               p.Decide(ask).Err(),
		"ask for a change":  p.Decide(change).Err(),
		"run":               Reconsider(p, ask, Request{}).Err(),
		"end of a term":     p.AtEnd(ask, true).Err(),
		"approve":           waiting().approve(who, noon),
		"deny":              waiting().deny(who, "no", noon),
		"run again":         ran(Interrupted).reopen(who, "k", noon),
		"close":             ran(Interrupted).closeInterrupted(who, "no", noon),
		"extend":            ran(Done).extend(who, time.Hour, "k", time.Hour, nil, noon),
		"thaw":              frozen.thaw(who, noon),
		"approvals counted": counted(),
	}
}

// Where a role holds is a fact, too: which it is matters to who holds it there alone, and to who must approve there.
func TestGateMatrixOfPlaces(t *testing.T) {
	t.Parallel()
	require.Equal(t, 2, reflect.TypeFor[policy.Scope]().NumField(), "each part of a scope is under test here")
	for name, scope := range map[string]policy.Scope{"site": {Sites: []string{"Berlin"}}, "account": {Accounts: []string{"Berlin"}}} {
		p, err := policy.New(policy.Settings{Operators: []policy.Member{"UOP"}, Approvers: nil, Roles: []policy.Role{
			{Name: policy.Operators, Members: []policy.Member{"UHERE"}, Scope: scope}, {Name: policy.Approvers, Members: []policy.Member{"UAPPR"}, Scope: scope},
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
				ask := policy.Input{Caller: p.Person(full(who)), Command: "isolate", Risk: policy.RiskDestructive, Targets: 1, Reach: []policy.Target{target}}
				want := map[string]string{"yes": "takes one", "no": "denied", "cannot tell": "unanswered"}[said]
				require.Equal(t, want, spell(p.Decide(ask)), "%s of a %s, %s", who, name, said)
				require.Equal(t, want, spell(Reconsider(p, ask, Request{})), "%s of a %s, %s", who, name, said)
			}
		}
	}
	for f := range reflect.TypeFor[policy.Target]().Fields() {
		require.Contains(t, f.Type.Name(), "Fact[", "%s: all that is known of a target may be unknown", f.Name)
	}
}

// One certain no needs no other answer, and one certain thing lets nothing through that another leaves open.
func TestWhatCanBeToldIsDecidedFirst(t *testing.T) {
	t.Parallel()
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"S0OPS"}, Approvers: []policy.Member{"UAPPR"}, Roles: []policy.Role{{Name: "juniors", Members: []policy.Member{"S0JUNIORS"}}}, Rules: []policy.Rule{
		{Name: "dc", Hosts: []string{"SRV-*"}, Effect: policy.Deny, Why: "ask the AD team"},
		{Name: "no juniors", Requesters: []string{"juniors"}, Risks: []string{policy.RiskDestructive}, Effect: policy.Deny, Why: "not juniors"},
	}})
	require.NoError(t, err)
	dark := full("UXAVER")
	dark.Through = map[policy.Member]policy.Answer{"S0OPS": policy.CannotTell("dark"), "S0JUNIORS": policy.CannotTell("dark")}
	nobody := policy.Identity{ID: "UXAVER", Active: policy.CannotTell("no users.info"), Full: policy.CannotTell("no users.info")}
	hidden := policy.Nothing()
	hidden.Host = policy.Unknown[string]("no agents")
	for name, c := range map[string]struct {
		who   policy.Identity
		risk  string
		reach []policy.Target
		want  string
		open  string
	}{
		"a host that is denied needs no Slack":        {nobody, policy.RiskDestructive, []policy.Target{host("SRV-1")}, "denied", ""},
		"among others, too":                           {dark, policy.RiskDestructive, []policy.Target{host("PC-1"), hidden, host("SRV-1")}, "denied", ""},
		"who reads is full":                           {dark, policy.RiskRead, nil, "runs", ""},
		"nobody knows who reads":                      {nobody, policy.RiskRead, nil, "unanswered", "no users.info"},
		"nobody knows whether they are a junior":      {dark, policy.RiskDestructive, []policy.Target{host("PC-1")}, "unanswered", "dark"},
		"nobody knows which host it is":               {full("UXAVER"), policy.RiskDestructive, []policy.Target{hidden}, "unanswered", "no agents"},
		"no operator, and so nothing more to be told": {fullOf("UXAVER", map[policy.Member]policy.Answer{"S0OPS": policy.Certain(false), "S0JUNIORS": policy.CannotTell("dark")}), policy.RiskDestructive, []policy.Target{host("PC-1")}, "denied", ""},
	} {
		decision := p.Decide(policy.Input{Caller: p.Person(c.who), Command: "isolate", Risk: c.risk, Reach: c.reach, Targets: len(c.reach)})
		require.Equal(t, c.want, spell(decision), name)
		require.Equal(t, c.open, decision.Open, name)
	}
}

func fullOf(id string, through map[policy.Member]policy.Answer) policy.Identity {
	i := full(id)
	i.Through = through
	return i
}
