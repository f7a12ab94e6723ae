package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
)

// The operators hear once of names that give nobody a role, not again after a restart, and once when they are mended. None of them keeps
// the program from starting.
func TestOperatorsHearOnceOfRolesThatNobodyHolds(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "roles:\n  operators: [\"@twice\", \"@nobody\", S0EMPTY01, U0GONE000]\n  approvers: [U0LEFT000, S0NOSUCH1, \"@retired\"]\n"))
	heard := func() (n int) {
		for _, m := range s.slack.User("bob").Sees("#approvals") {
			if strings.Contains(m.PlainText(), "have no effect") {
				n++
			}
		}
		return n
	}
	first := s.sees("#approvals", "Some role members have no effect")
	for _, words := range []string{
		"@twice: Neither a person nor a user group", "@nobody: Neither a person", "S0EMPTY01: There is no such user group", "U0GONE000: Nobody has this id",
		"U0LEFT000: Nobody has this id", "S0NOSUCH1: There is no such user group", "@retired: Neither",
	} {
		require.Contains(t, first.PlainText(), words)
	}
	s.stop()
	s.start()
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	s.changes(1)
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Equal(t, 1, heard())

	s.slack.AddUser(slacksim.User{Name: "nobody", ID: "U0NOBODY0"})
	s.slack.AddGroup(slacksim.Group{ID: "S0NOSUCH1", Handle: "such", Members: []string{"bob"}})
	s.pass(time.Hour)
	s.sees("#approvals", "All role members have an effect again", "@nobody", "S0NOSUCH1")
	s.slack.Fail(slacksim.Fault{Method: "usergroups.list", Kind: slacksim.FaultError, Error: "missing_scope", Times: -1})
	s.pass(time.Hour)
	s.sees("#approvals", "have no effect", "missing_scope", "usergroups:read")
	s.pass(time.Hour)
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Equal(t, 2, heard())
	s.slack.ClearFaults()
	s.pass(time.Hour)
	s.sees("#approvals", "All role members have an effect again", "a scope of the app")
}

// `s1bot check` looks at each member of each role, and a line that fails says what to do.
func TestTheCheckLooksAtEveryRoleMember(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.AddUser(slacksim.User{ID: "U0LEFT000", Name: "left", Deleted: true})
	s.slack.AddUser(slacksim.User{ID: "U0DOUBLE0", Name: "double"})
	s.slack.AddGroup(slacksim.Group{ID: "S0DOUBLE0", Handle: "double", Members: []string{"alice"}})
	s.slack.AddGroup(slacksim.Group{ID: "S0EMPTY00", Handle: "empty"})
	s.slack.AddGroup(slacksim.Group{ID: "S0CLOSED0", Handle: "closed", Members: []string{"alice"}, Disabled: true})
	for member, want := range map[string]string{
		"U0ALICE00": "ok    role member U0ALICE00: ", "@alice": "ok    role member @alice: a person's user name", "@soc": "ok    role member @soc: user group @soc, 2 members",
		"S0SOC0000": "ok    role member S0SOC0000: user group @soc", "*": "ok    role member *: every full member",
		"U0LEFT000": "FAIL  role member U0LEFT000: left is deactivated", "@left": "FAIL  role member @left: whoever has this name is deactivated",
		"U0NOBODY0": "FAIL  role member U0NOBODY0: nobody has this id", "@nobody": "FAIL  role member @nobody: neither a person nor a user group",
		"@double": "FAIL  role member @double: a person and a user group have this name", "S0EMPTY00": "FAIL  role member S0EMPTY00: the user group @empty has nobody in it",
		"@empty": "FAIL  role member @empty: the user group @empty has nobody", "S0CLOSED0": "FAIL  role member S0CLOSED0: there is no such user group, or it is disabled",
		"S0NOSUCH0": "FAIL  role member S0NOSUCH0: there is no such user group",
	} {
		environ := mapsWith(s.environ, "S1BOT_OPERATORS", member)
		var out bytes.Buffer
		err := check(t.Context(), environ, &out)
		require.Contains(t, out.String(), want)
		if strings.HasPrefix(want, "FAIL") {
			require.Error(t, err)
		}
	}
}

func mapsWith(environ map[string]string, key, value string) map[string]string {
	changed := map[string]string{key: value}
	for k, v := range environ {
		if k != key {
			changed[k] = v
		}
	}
	return changed
}
