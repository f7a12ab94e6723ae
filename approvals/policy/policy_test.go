package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func policyOf(t *testing.T, operators, approvers string) Policy {
	t.Helper()
	p, err := New(Settings{Operators: Members(strings.Fields(operators)), Approvers: Members(strings.Fields(approvers))})
	require.NoError(t, err)
	return p
}

// Each line is one invocation and what becomes of it: who, risk (! = guarded), targets, destructive targets of the last hour.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	policies := map[string]Policy{
		"full":         policyOf(t, "UOPERATOR UBOTUSER", "UAPPROVER UOPERATOR"),
		"no-approvers": policyOf(t, "UOPERATOR", ""),
		"nobody":       policyOf(t, "", ""),
		"everyone":     policyOf(t, "*", "UAPPROVER"),
	}
	for line := range strings.Lines(`
full         operator read         0  0 allow
full         approver read         0  0 allow
full         member   read         0  0 allow
full         guest    read         0  0 deny Only full members
full         botuser  read         0  0 allow
full         botuser  change       1  0 allow
full         member   change       1  0 deny Only operators may run it.
full         approver change       1  0 deny Only operators may run it.
full         operator change       1  0 allow
full         operator change       25 0 allow
full         operator change       26 0 approve 1 26 targets
full         operator change       1  500 allow
full         operator change!      1  0 approve 1 always
full         operator read!        1  0 approve 1 always
full         operator destructive  1  0 approve 1 needs an approval
full         operator destructive! 1  0 approve 1 needs an approval
full         approver destructive  1  0 deny Only operators
full         guest    destructive  1  0 deny Only full members
full         operator destructive  25 0 approve 1 needs an approval
full         operator destructive  26 0 approve 2 26 targets
full         operator destructive  1  49 approve 1 needs an approval
full         operator destructive  1  50 approve 2 51 targets within an hour
full         operator destructive  99 99 approve 2 99 targets
full         operator dangerous    1  0 deny No rule
full         operator              1  0 deny No rule
no-approvers operator change       1  0 allow
no-approvers operator change       26 0 deny no approvers are configured (S1BOT_APPROVERS)
no-approvers operator destructive  1  0 deny no approvers are configured (S1BOT_APPROVERS)
nobody       operator read         0  0 allow
nobody       operator change       1  0 deny no operators are configured (S1BOT_OPERATORS)
everyone     member   change       1  0 allow
everyone     member   destructive  1  0 approve 1 needs an approval
everyone     guest    read         0  0 deny Only full members
everyone     guest    change       1  0 deny Only full members
`) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			f := strings.Fields(line)
			if len(f) > 2 && f[2][0] >= '0' && f[2][0] <= '9' { // no risk at all
				f = append(f[:2:2], append([]string{""}, f[2:]...)...)
			}
			p := policies[f[0]]
			ask := Input{Command: "it", Risk: strings.TrimSuffix(f[2], "!"), Guarded: strings.HasSuffix(f[2], "!")}
			_, err := fmt.Sscan(f[3]+" "+f[4], &ask.Targets, &ask.LastHour.Targets)
			require.NoError(t, err)
			who := member("U" + strings.ToUpper(f[1]))
			who.Full = Certain(f[1] != "guest" && f[1] != "botuser")
			ask.Caller = p.Person(who)

			r := p.Decide(ask)
			require.Equal(t, f[5], string(r.Effect), "%+v", r)
			switch r.Effect {
			case Approve:
				require.Equal(t, f[6], fmt.Sprint(r.Quorum))
				require.Equal(t, []string{Approvers}, r.By)
				require.NoError(t, r.Err())
				require.Contains(t, r.Why, strings.Join(f[7:], " "))
			case Deny:
				var refused *RefusedError
				require.ErrorAs(t, r.Err(), &refused)
				require.Contains(t, refused.Why, strings.Join(f[6:], " "))
			}
			if r.Effect == Allow {
				require.Zero(t, r.Quorum)
			}
		})
	}
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
