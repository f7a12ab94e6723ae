package slash_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
)

// What means something to the reader, first what means most, and what stands beside it in real lines.
var fragments = strings.Split(`[ { " "" \ \" C:\x\ “ , ] } = : ' `+"` ```"+` ” « ‹ a b1 0 - -- 5 DESKTOP-1 {"a":1} {"":""} ["x"] limit &amp; < > | é -24h yesterday true `+
	`225494730938493804 3395856ceb81f2b7382dee72602f798b642f4140 reason= console= # @ * ( ) ! null / … x=y and`, " ")

// Random bytes seldom make a value out of brackets, quotes and backslashes; random fragments do. What was read from such a line is
// written down and read again: it must mean the same, for people run lines again from their history. The arguments must be right as they
// stand: Parse checks what it has just read with fewer steps than whatever comes back from a row or a button.
func TestWhatWasReadIsWrittenAndReadAgain(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	all := commands.All()
	read := 0
	for range 8000 {
		cmd := all.Commands()[r.IntN(len(all.Commands()))]
		typed := randomLine(r, cmd)
		inv, _, err := slash.Parse(all, typed, commandtest.Input())
		if err != nil {
			requireOurError(t, err)
			continue
		}
		read++
		require.NoError(t, cmd.CheckAt(inv.Args, commandtest.Input().Now), "%q", typed)
		line := slash.Line(cmd, inv.Args)
		again, _, err := slash.Parse(all, escape(line), commandtest.Input())
		require.NoError(t, err, "%q\n%s", typed, line)
		require.Equal(t, string(inv.Args), string(again.Args), "%q\n%s", typed, line)
	}
	require.Greater(t, read, 2000, "most lines must be readable, or this shows nothing")
}

// randomLine names a few parameters of a command and all that it needs, with values made of fragments.
func randomLine(r *rand.Rand, cmd *catalog.Command) string {
	var b strings.Builder
	b.WriteString(cmd.Name)
	value := func(longest int) {
		for range 1 + r.IntN(longest) {
			b.WriteString([]string{"", "", "", " ", "\n", ", "}[r.IntN(6)] + fragments[r.IntN(1+r.IntN(len(fragments)))])
		}
	}
	for range r.IntN(4) {
		b.WriteByte(' ')
		if len(cmd.Fields) > 0 && r.IntN(4) > 0 {
			b.WriteString(cmd.Fields[r.IntN(len(cmd.Fields))].Name + "=")
		}
		value(7)
	}
	for _, f := range cmd.Fields {
		if !f.MustBeGiven() {
			continue
		}
		b.WriteString(" " + f.Name + "=")
		if choices := f.Type.Choices; len(choices) > 0 {
			b.WriteString(choices[r.IntN(len(choices))].Value)
		} else {
			value(1)
		}
	}
	return b.String()
}
